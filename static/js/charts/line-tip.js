// The line that follows the pointer or the arrow keys over a chart, and the list of values where it stands.

import { element } from "../run/dom.js";
import { moment, shown, span } from "../run/numbers.js";

const MOST_ROWS = 10;

// The index whose x is nearest. Sorted axes are halved; another metric's may come and go.
export function nearest(xs, x, isSorted) {
  if (!isSorted) return nearestOfAll(xs, x);
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - xs[low - 1] < xs[low] - x ? low - 1 : low;
}

function nearestOfAll(xs, x) {
  let best = 0;
  for (let index = 1; index < xs.length; index += 1) if (Math.abs(xs[index] - x) < Math.abs(xs[best] - x)) best = index;
  return best;
}

export function valuesAt(lines, x, isSorted) {
  return lines
    .filter(({ xs }) => xs.length > 0)
    .map((line) => ({ line, index: nearest(line.xs, x, isSorted) }))
    .sort((a, b) => rank(b) - rank(a));
}

function rank({ line, index }) {
  const value = line.ys[index];
  return Number.isNaN(value) ? -Infinity : value;
}

// `step 1,200`, `4m 12s, step 1,200` or the time of day: where the cursor stands, in words.
export function placeWords({ line, index }, x) {
  if (x === "time") return moment(line.xs[index]);
  const step = `step ${Math.round(line.steps[index]).toLocaleString("en")}`;
  if (x === "step") return step;
  if (x.startsWith("metric:")) return `${x.slice(7)} ${shown(line.xs[index], 5)}${line.band ? "" : `, ${step}`}`;
  const where = x === "wall" ? moment(line.xs[index]) : span(line.xs[index] * 1000);
  return line.band ? where : `${where}, ${step}`;
}

export function sentenceAt(found, x) {
  const parts = found.slice(0, MOST_ROWS).map(({ line, index }) => `${line.name} ${shown(line.ys[index])}`);
  if (found.length > MOST_ROWS) parts.push(`and ${found.length - MOST_ROWS} more`);
  return found.length ? `${placeWords(found[0], x)}: ${parts.join(", ")}` : "";
}

function row({ line, index }, isNear) {
  const dot = element("span", { class: "chart-dot" });
  dot.style.background = line.colour;
  const name = element("span", { class: "tip-name" }, line.name);
  const value = element("span", { class: "tip-value" }, shown(line.ys[index], 5));
  const note = noteOf(line, index);
  return element("li", isNear ? { class: "is-near" } : {}, dot, name, value, note && element("span", { class: "tip-note" }, note));
}

function noteOf(line, index) {
  if (line.band) return `${shown(line.low[index])} to ${shown(line.high[index])}, n = ${line.counts[index]}`;
  return line.smoothed ? `smoothed ${shown(line.smoothed[index], 5)}` : "";
}

// `near` is the line the pointer is closest to: it is in the list whatever its rank.
export function fillTip(tip, found, x, near, isFrozen) {
  const top = found.slice(0, MOST_ROWS);
  const own = found.find(({ line }) => line === near);
  if (own && !top.includes(own)) top[top.length - 1] = own;
  const list = element("ul", { role: "list" }, ...top.map((entry) => row(entry, entry.line === near && found.length > 1)));
  const rest = found.length > MOST_ROWS ? [element("p", { class: "tip-note" }, `+${found.length - MOST_ROWS}`)] : [];
  const hint = isFrozen ? [element("p", { class: "tip-note" }, "Frozen: Shift lets go")] : [];
  tip.replaceChildren(element("p", { class: "tip-head" }, placeWords(own ?? found[0], x)), list, ...oddNotes(found), ...rest, ...hint);
}

function oddNotes(found) {
  if (found.length !== 1) return [];
  const [{ line, index }] = found;
  const notes = [];
  const nans = line.odd ? countAt(line.odd.nan, index) : 0;
  if (nans) notes.push(`${nans} not a number here`);
  if (line.low && !line.band && line.high[index] > line.low[index]) notes.push(`${shown(line.low[index])} to ${shown(line.high[index])} around here`);
  return notes.map((note) => element("p", { class: "tip-note" }, note));
}

function countAt([places, counts], index) {
  const at = places.indexOf(index);
  return at < 0 ? 0 : counts[at];
}
