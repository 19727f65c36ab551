// A metric with one value a run: a number for one run, bars for several. A one-dot line would say nothing.

import { element } from "./dom.js";
import { decoded, shown } from "./numbers.js";

export function singlesOf(metric, runs) {
  const values = runs.filter(({ id }) => id in metric.runs).map((run) => ({ run, value: decoded(metric.runs[run.id].last) }));
  if (values.length === 1) {
    const [{ value }] = values;
    return element(
      "div",
      { class: "chart-single" },
      element("span", { class: "tile-value", title: String(value) }, shown(value)),
      element("span", { class: "tile-note" }, `one value, at step ${metric.runs[values[0].run.id].last_step.toLocaleString("en")}`),
    );
  }
  const longest = Math.max(...values.map(({ value }) => (Number.isFinite(value) ? Math.abs(value) : 0))) || 1;
  return element("ul", { class: "chart-bars", role: "list", tabindex: values.length > 10 ? "0" : null }, ...values.map((one) => bar(one, longest)));
}

function bar({ run, value }, longest) {
  const fill = element("span", { class: `chart-bar series-${run.slot}` });
  fill.style.inlineSize = `${Number.isFinite(value) ? (Math.abs(value) / longest) * 100 : 0}%`;
  return element(
    "li",
    {},
    element("span", { class: "truncate", title: run.name }, run.name),
    element("span", { class: "chart-bar-track" }, fill),
    element("span", { class: "num", title: String(value) }, shown(value)),
  );
}
