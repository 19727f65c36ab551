// Small histograms, drawn as the server draws those of a profile: bars in a box of 100 by 40.

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 100;
const HIGH = 40;
const MOST = 24;

export function smallBars(column, large = false) {
  const { counts, titles } = binsOf(column);
  const highest = Math.max(...counts, 0);
  if (!highest) return null;
  const svg = node("svg", { class: `mini-bars${large ? " is-large" : ""}`, viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": `Distribution of ${column.name}` });
  const step = Math.min(WIDE / counts.length, WIDE / 4);
  counts.forEach((count, at) => {
    const height = count ? Math.max((HIGH * count) / highest, 0.8) : 0;
    const bar = node("rect", { x: at * step, y: HIGH - height, width: step * 0.88, height });
    const title = node("title", {});
    title.textContent = titles[at];
    bar.append(title);
    svg.append(bar);
  });
  return svg;
}

// A bar behind a value: how much of the whole it is.
export function shareBar(share) {
  const svg = node("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(node("rect", { x: 0, y: 0, width: 100 * share, height: 10, rx: 0.5 }));
  return svg;
}

export function edgeText(column, value) {
  if (column.type !== "date" && column.type !== "datetime") return numberText(value);
  const moment = new Date(value * 1000);
  if (Number.isNaN(moment.getTime())) return String(value);
  const text = moment.toISOString();
  return column.type === "date" ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

export function numberText(value) {
  if (typeof value !== "number") return value ?? "–";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(5))) : value.toExponential(3);
}

function binsOf(column) {
  if (column.histogram) {
    const { edges, counts } = column.histogram;
    return { counts, titles: counts.map((count, at) => `${edgeText(column, edges[at])} to ${edgeText(column, edges[at + 1])}: ${count.toLocaleString("en")}`) };
  }
  const top = (column.top ?? []).slice(0, MOST);
  return { counts: top.map((one) => one.count), titles: top.map((one) => `${one.value || "(empty)"}: ${one.count.toLocaleString("en")}`) };
}

function node(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
