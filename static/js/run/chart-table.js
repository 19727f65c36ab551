// A chart as a table, for those who read numbers or listen to the page.

import { element } from "./dom.js";
import { shown } from "./numbers.js";

const MOST_ROWS = 1000;

// Rows by step: what each run had there.
export function rowsOf(curves) {
  const bySteps = new Map();
  curves.forEach((curve, column) => {
    curve.steps.forEach((step, index) => {
      if (!bySteps.has(step)) bySteps.set(step, []);
      bySteps.get(step)[column] = curve.ys[index];
    });
  });
  return [...bySteps].sort(([a], [b]) => a - b);
}

export function tableOf(curves, key) {
  const rows = rowsOf(curves);
  const head = element(
    "tr",
    {},
    element("th", { scope: "col", class: "num" }, "Step"),
    ...curves.map(({ run }) => element("th", { scope: "col", class: "num" }, run.name)),
  );
  const body = rows.slice(0, MOST_ROWS).map(([step, values]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: "num" }, step.toLocaleString("en")),
      ...curves.map((_, column) => element("td", { class: "num", title: values[column] ?? "" }, shown(values[column], 6))),
    ),
  );
  const note = rows.length > MOST_ROWS ? `The first ${MOST_ROWS.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows. ` : "";
  const caption = element("caption", {}, `${note}Download the CSV file for every point of ${key}.`);
  const table = element("table", { class: "table" }, caption, element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "table-wrap chart-table", tabindex: "0", role: "region", "aria-label": `${key} as a table` }, table);
}
