// How values read in the cells. Renderers make elements: text is always text.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";
import { shown } from "../run/numbers.js";
import { absolute, duration, relative } from "../times.js";

const STATES = {
  created: "Created", queued: "Queued", preparing: "Preparing", running: "Running", finalizing: "Finalizing",
  completed: "Completed", failed: "Failed", canceled: "Canceled", lost: "Lost contact",
};
const SPECIAL = new Set(["NaN", "Infinity", "-Infinity"]);
const LIVE = new Set(["running", "finalizing", "preparing"]);

export function parts(spec) {
  const kind = spec.slice(0, spec.indexOf(":"));
  const rest = spec.slice(kind.length + 1);
  if (kind !== "metric") return { kind, key: rest, aggregate: "" };
  const dot = rest.lastIndexOf(".");
  return { kind, key: rest.slice(0, dot), aggregate: rest.slice(dot + 1) };
}

// What is copied and read out: every digit.
export function fullText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return value.values !== undefined ? `${value.values} values` : spread(value, full);
  return String(value);
}

export function numberOf(value) {
  if (typeof value === "number") return value;
  if (value && typeof value === "object" && typeof value.mean === "number") return value.mean;
  if (typeof value !== "string" || value.trim() === "" || SPECIAL.has(value)) return NaN;
  return Number(value);
}

function spread({ mean, std, n }, write) {
  return std === null || std === undefined ? `${write(mean)} (${n})` : `${write(mean)} ± ${write(std, 2)} (${n})`;
}

function full(number) {
  return String(number);
}

function dash() {
  return element("span", { class: "muted" }, "–");
}

// Most cells are plain text: the grid draws them much faster than elements. Their full value comes with the pointer.
export function valueText({ value, data }) {
  if (!data) return "";
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "object") return value.values !== undefined ? `${value.values} values` : spread(value, shown);
  return typeof value === "number" ? shown(value) : value;
}

export function timeText({ value, data }) {
  if (!value || typeof value === "object") return valueText({ value, data });
  return relative(new Date(value));
}

export function commitText({ value, data }) {
  return value && typeof value === "string" ? value.slice(0, 8) : valueText({ value, data });
}

export function titleOf(spec, value) {
  const { kind, key } = parts(spec);
  if (kind === "attribute" && ["started", "created", "ended"].includes(key) && typeof value === "string") return absolute(new Date(value));
  return fullText(value);
}

function valueCell(params) {
  const text = valueText(params);
  return text === "–" ? dash() : withTitle(text, fullText(params.value));
}

function withTitle(text, full) {
  return element("span", { class: "grid-value", title: full }, text);
}

function skeleton() {
  return element("span", { class: "skeleton grid-skeleton" });
}

// Before the cells of a row are here, its outline says the state.
export function stateCell({ value, data }) {
  if (!data && !value) return element("span");
  if (data?.kind === "group") return valueCell({ value, data });
  const word = data?.lost ? "lost" : value;
  const glyph = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  glyph.setAttribute("class", `glyph state-${word}`);
  glyph.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.querySelector("runs-grid").dataset.glyphs}#${word}`);
  glyph.append(use);
  return element("span", { class: `state state-${word}`, "data-state": word }, glyph, STATES[word] ?? value);
}

export function durationCell({ value, data }) {
  if (!data) return element("span");
  if (value && typeof value === "object") return withTitle(spread(value, duration), spread(value, (seconds) => `${seconds} s`));
  if (typeof value === "number") return withTitle(duration(value), `${value} s`);
  if (data.started && LIVE.has(data.state)) return element("duration-clock", { class: "num", since: data.started });
  return dash();
}

export function selectCell({ data, context }) {
  if (!data || data.kind !== "run") return element("span");
  return element("input", { type: "checkbox", class: "form-check-input", "data-action": "select", tabindex: "-1", checked: context.isSelected(data.id), "aria-label": `Select ${data.name}` });
}

export function eyeCell({ data, context }) {
  if (!data || data.kind !== "run") return element("span");
  const isHidden = context.isHidden(data.id);
  return element("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm grid-eye", "data-action": "eye", tabindex: "-1", "aria-pressed": String(!isHidden), "aria-label": isHidden ? `Show ${data.name} in the charts` : `Hide ${data.name} in the charts`, title: isHidden ? "Show in the charts" : "Hide in the charts" }, icon(isHidden ? "eye-off" : "eye"));
}

export function nameCell({ data: loaded, node, context }) {
  const data = loaded ?? context.outlined(node);
  if (!data) return skeleton();
  const line = element("span", { class: "grid-name" });
  line.style.setProperty("--depth", String(data.depth ?? 0));
  if (data.children) {
    const label = data.kind === "group" ? "group" : data.name;
    line.append(element("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm grid-twist", "data-action": "toggle", tabindex: "-1", "aria-expanded": String(data.open), "aria-label": `${data.open ? "Fold" : "Unfold"} ${label}` }, icon(data.open ? "chevron-down" : "chevron-right")));
  } else if (context.isNested()) {
    line.append(element("span", { class: "grid-twist-gap" }));
  }
  if (data.kind === "group") line.append(...groupHead(data, context));
  else if (data.kind === "gone") line.append(element("span", { class: "muted" }, "This run is gone"));
  else line.append(...runHead(data, context));
  return line;
}

function groupHead(data, context) {
  const word = data.path.at(-1);
  const column = parts(context.groupColumn(data.depth));
  const text = word === null ? "none" : typeof word === "number" ? shown(word) : word;
  return [
    element("span", { class: "muted" }, column.key),
    element("strong", { class: "truncate", title: String(word ?? "none") }, text),
    element("span", { class: "badge" }, `${data.children.toLocaleString("en")} ${data.children === 1 ? "run" : "runs"}`),
  ];
}

// On rows that are not held on top it comes with the pointer.
export function pinButton(data, isPinned) {
  const label = isPinned ? `Let ${data.name} go from the top` : `Hold ${data.name} on top`;
  return element("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm grid-pin", "data-action": "pin", tabindex: "-1", "aria-pressed": String(isPinned), "aria-label": label, title: isPinned ? "Let go from the top" : "Hold on top" }, icon(isPinned ? "pin-off" : "pin"));
}

function runHead(data, context) {
  const isPinned = context.isPinned(data.id);
  return [
    element("span", { class: `run-dot series-${data.slot}`, "aria-hidden": "true" }),
    element("a", { class: "truncate", href: context.runUrl(data.id), title: data.name, tabindex: "-1", dir: "auto" }, data.name),
    data.children ? element("span", { class: "badge", title: "Child runs" }, String(data.children)) : "",
    context.isBaseline(data.id) ? element("span", { class: "chip chip-accent" }, "baseline") : "",
    isPinned ? pinButton(data, true) : "",
  ];
}
