// A chart as a table, for those who read numbers or listen to the page; and as CSV.

import { element } from "../run/dom.js";
import { moment, shown, span } from "../run/numbers.js";

const MOST_ROWS = 1000;

// Rows by place on the axis: what each line has there.
export function rowsOf(lines) {
  const byPlace = new Map();
  lines.forEach((line, column) => {
    line.xs.forEach((x, index) => {
      if (!byPlace.has(x)) byPlace.set(x, []);
      byPlace.get(x)[column] = index;
    });
  });
  return [...byPlace].sort(([a], [b]) => a - b);
}

function placeText(x, axis) {
  if (axis === "wall") return moment(x);
  return axis === "relative" ? span(x * 1000) : x.toLocaleString("en");
}

export function tableOf(lines, key, title, axis) {
  const rows = rowsOf(lines);
  const head = element(
    "tr",
    {},
    element("th", { scope: "col", class: "num" }, axis === "step" ? "Step" : title),
    ...lines.map(({ name }) => element("th", { scope: "col", class: "num" }, name)),
  );
  const body = rows.slice(0, MOST_ROWS).map(([x, places]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: "num" }, placeText(x, axis)),
      ...lines.map((line, column) => {
        const value = line.ys[places[column]];
        return element("td", { class: "num", title: value ?? "" }, shown(value, 6));
      }),
    ),
  );
  const note = rows.length > MOST_ROWS ? `The first ${MOST_ROWS.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows. ` : "";
  const caption = element("caption", {}, `${note}Download the CSV file for every point of ${key}.`);
  const table = element("table", { class: "table" }, caption, element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "table-wrap chart-table", tabindex: "0", role: "region", "aria-label": `${key} as a table` }, table);
}

// What is drawn, as rows of a file: one for each point of each line.
export function sheetOfLines(key, lines) {
  const isBand = lines.some(({ band }) => band);
  const head = isBand ? ["metric", "group", "x", "middle", "low", "high", "n"] : ["metric", "run_id", "run", "x", "step", "value"];
  const rows = lines.flatMap((line) => Array.from(line.xs, (x, index) => (isBand ? [key, line.name, x, line.ys[index], line.low[index], line.high[index], line.counts[index]] : [key, line.run, line.name, x, line.steps[index], line.ys[index]])));
  return { head, rows, shared: isBand ? "groups" : "lines" };
}
