// What is known of one column, beside the grid; its commonest values filter the rows.
import { element, iconButton } from "../run/dom.js";
import { numberText, shareBar, smallBars } from "./small-bars.js";

export function showColumn(place, column, { isSample, filter, close }) {
  const title = element("h2", {}, column.name);
  const body = element("div", { class: "card-body" });
  place.replaceChildren(element("div", { class: "card-header" }, title, element("code", { class: "muted small" }, column.type), element("span", { class: "card-actions" }, iconButton("x", "Close", close))), body);
  if (isSample) body.append(element("p", { class: "muted small" }, "From a sample of the rows. Make the profile to count all of them."));
  const bars = smallBars(column, true);
  if (bars) body.append(bars);
  body.append(facts(column));
  if (column.top?.length) body.append(values(column, filter));
  place.hidden = false;
}

function facts(column) {
  const list = element("dl", { class: "kv" });
  const add = (label, value) => value !== undefined && value !== null && list.append(element("div", {}, element("dt", {}, label), element("dd", {}, String(value))));
  const count = (value) => value?.toLocaleString("en");
  add("Values", count(column.count));
  add("Missing", count(column.missing));
  add("Distinct", column.distinct === null || column.distinct === undefined ? null : `${column.is_approximate ? "about " : ""}${count(column.distinct)}`);
  add("Smallest", column.min === undefined ? null : numberText(column.min));
  add("Largest", column.max === undefined ? null : numberText(column.max));
  if (column.type === "int" || column.type === "float") {
    add("Mean", numberText(column.mean));
    add("Standard deviation", numberText(column.std));
    for (const [at, label] of [[5, "5 %"], [25, "25 %"], [50, "Median"], [75, "75 %"], [95, "95 %"]]) add(label, column.quantiles && numberText(column.quantiles[at]));
    add("Zeros", count(column.zeros));
  }
  if (column.not_finite) add("NaN or infinite", count(column.not_finite));
  if (column.lengths?.max !== null && column.lengths !== undefined) add("Length", `${column.lengths.min} to ${column.lengths.max}`);
  return list;
}

function values(column, filter) {
  const list = element("ul", { class: "side-values", "aria-label": "Commonest values" });
  for (const { value, count } of column.top.slice(0, 15)) {
    const share = count / column.count;
    const button = element("button", { type: "button", class: "side-value", title: `Rows where ${column.name} is ${value || "empty"}`, onclick: () => filter(condition(column, value)) }, shareBar(share), element("span", { class: "truncate" }, value === "" ? "(empty)" : value), element("span", { class: "num" }, `${count.toLocaleString("en")} · ${share < 0.01 ? "<1" : Math.round(100 * share)} %`));
    list.append(element("li", {}, button));
  }
  return list;
}

// The value as a condition in SQL.
function condition(column, value) {
  const name = /^[a-z_][a-z0-9_]*$/i.test(column.name) ? column.name : `"${column.name.replaceAll('"', '""')}"`;
  if (column.type === "int" || column.type === "float") return `${name} = ${value}`;
  if (column.type === "boolean") return value === "true" ? name : `NOT ${name}`;
  return `${name} = '${String(value).replaceAll("'", "''")}'`;
}
