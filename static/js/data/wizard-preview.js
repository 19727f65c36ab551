// The first rows of a preview as a table.
import { element } from "../run/dom.js";

const ROWS = 50;
const COLUMNS = 60;

export function previewTable({ columns, rows, row_count: count }, schema) {
  const shown = columns.slice(0, COLUMNS);
  const head = element("tr", {}, ...shown.map((column) => element("th", { scope: "col" }, element("span", { class: "truncate", title: column.name }, column.name), element("span", { class: "preview-type" }, column.type))));
  const body = rows.slice(0, ROWS).map((row) => element("tr", {}, ...shown.map((column, at) => cell(row[at], column.type))));
  const table = element("table", { class: "table preview-table" }, element("thead", {}, head), element("tbody", {}, ...body));
  const words = [count === null || count === undefined ? `the first ${rows.length} rows` : `${Math.min(rows.length, ROWS)} of ${count.toLocaleString("en")} rows`];
  words.push(columns.length > COLUMNS ? `${COLUMNS} of ${columns.length} columns` : `${columns.length} column${columns.length === 1 ? "" : "s"}`);
  if (schema) words.push("as they will be read");
  return element("div", { class: "card preview-card" }, element("div", { class: "card-header" }, element("h3", {}, "Preview"), element("span", { class: "muted small" }, words.join(", "))), element("div", { class: "table-wrap preview-rows", tabindex: "0", role: "region", "aria-label": "The first rows" }, table));
}

function cell(value, type) {
  const isNumber = type === "int" || type === "float";
  if (value === null || value === undefined) return element("td", { class: "muted" }, "missing");
  const text = String(value);
  return element("td", { class: isNumber ? "num" : null, title: text.length > 40 ? text : null }, text === "" ? "(empty)" : text.slice(0, 200));
}
