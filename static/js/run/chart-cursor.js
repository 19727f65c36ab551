// The line that follows the pointer or the arrow keys over a chart, and the list of values where it stands.

import { element } from "./dom.js";
import { moment, shown, span } from "./numbers.js";

const MOST_ROWS = 10;

// The index whose x is nearest; xs may be in any order, being sampled they are few.
function nearest(xs, x) {
  let best = -1;
  let distance = Infinity;
  for (let index = 0; index < xs.length; index += 1) {
    const away = Math.abs(xs[index] - x);
    if (away < distance) {
      distance = away;
      best = index;
    }
  }
  return best;
}

export function valuesAt(curves, x) {
  return curves
    .map((curve) => ({ curve, index: nearest(curve.xs, x) }))
    .filter(({ index }) => index >= 0)
    .sort((a, b) => rank(b) - rank(a));
}

function rank({ curve, index }) {
  const value = curve.ys[index];
  return Number.isNaN(value) ? -Infinity : value;
}

// `1,200` or `4m 12s` or the time of day: where the cursor stands, in words.
export function placeWords(curve, index, options) {
  if (options.x === "step") return `step ${curve.steps[index].toLocaleString("en")}`;
  const where = options.x === "wall" ? moment(curve.times[index]) : span(curve.xs[index] * 1000);
  return `${where}, step ${curve.steps[index].toLocaleString("en")}`;
}

export function sentenceAt(found, options) {
  const parts = found.map(({ curve, index }) => `${curve.run.name} ${shown(curve.ys[index])}`);
  return found.length ? `${placeWords(found[0].curve, found[0].index, options)}: ${parts.join(", ")}` : "";
}

function row({ curve, index }, options) {
  const dot = element("span", { class: `run-dot series-${curve.run.slot}` });
  const value = element("span", { class: "tip-value" }, shown(curve.ys[index], 5));
  const name = element("span", { class: "tip-name" }, curve.run.name);
  const raw = options.smooth > 0 ? element("span", { class: "tip-note" }, `smoothed ${shown(curve.smoothed[index], 5)}`) : null;
  return element("li", {}, dot, name, value, raw);
}

export function fillTip(tip, found, options) {
  const [first] = found;
  const list = element("ul", { role: "list" }, ...found.slice(0, MOST_ROWS).map((entry) => row(entry, options)));
  const rest = found.length > MOST_ROWS ? element("p", { class: "tip-note" }, `+${found.length - MOST_ROWS} more`) : null;
  const nans = first.curve.nans[first.index];
  const lost = nans > 0 ? element("p", { class: "tip-note" }, `${nans} not a number here`) : null;
  const count = first.curve.counts[first.index];
  const range =
    count > 1 && found.length === 1
      ? element("p", { class: "tip-note" }, `${count} points, ${shown(first.curve.low[first.index])} to ${shown(first.curve.high[first.index])}`)
      : null;
  tip.replaceChildren(element("p", { class: "tip-head" }, placeWords(first.curve, first.index, options)), list, ...[range, lost, rest].filter(Boolean));
}
