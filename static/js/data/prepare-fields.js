// One field for each kind of parameter that a step declares. `field(parameter, value, around, onchange)` answers its element.
import { element } from "../run/dom.js";
import { input, lines, select } from "./prepare-rows.js";

const WITHOUT_VALUE = new Set(["missing", "not_missing"]);
const WITH_LIST = new Set(["in", "not_in"]);
const NUMERIC = new Set(["integer", "number"]);

export function field(parameter, value, around, onchange) {
  return (FIELDS[parameter.kind] ?? FIELDS.text)({ parameter, value, around, onchange, label: parameter.label });
}

// A text that is a number is meant as one, unless it is compared with texts.
function typed(text, around) {
  if (around.isText || text.trim() === "" || !/^-?\d+(\.\d+)?$/.test(text.trim())) return text;
  return Number(text);
}

function columnChoices({ parameter, around }) {
  const fitting = around.columns.filter((column) => !parameter.of.length || parameter.of.includes(column.type) || column.type === "unknown");
  return fitting.map((column) => [column.name, `${column.name} · ${column.type}`]);
}

function text({ parameter, value, label, onchange }) {
  return input(label, value ?? "", onchange, parameter.gives_column ? { placeholder: "Name of the new column" } : {});
}

function area({ value, label, onchange }, extra = "") {
  const made = element("textarea", { class: `form-control form-control-sm ${extra}`, rows: 3, "aria-label": label, spellcheck: "false", autocomplete: "off" });
  made.value = value ?? "";
  made.addEventListener("input", () => onchange(made.value));
  return made;
}

function listOf(given, read = (line) => line, shown = String) {
  const { value, label, onchange } = given;
  const made = element("textarea", { class: "form-control form-control-sm", rows: Math.min(8, Math.max(2, (value ?? []).length + 1)), "aria-label": label, placeholder: "One on each line", spellcheck: "false" });
  made.value = (value ?? []).map(shown).join("\n");
  made.addEventListener("input", () => onchange(made.value.split("\n").filter((line) => line !== "").map(read)));
  return made;
}

function number({ parameter, value, label, onchange }, isWhole = false) {
  const attributes = { type: "number", step: isWhole ? 1 : "any", min: parameter.least, max: parameter.most };
  return input(label, value, (text) => onchange(text === "" ? null : Number(text)), attributes);
}

function columns(given) {
  const { value, label, onchange } = given;
  const chosen = new Set(value ?? []);
  const known = columnChoices(given);
  const names = [...known.map(([name]) => name), ...[...chosen].filter((name) => !known.some(([other]) => other === name))];
  const list = element("div", { class: "field-boxes", role: "group", "aria-label": label });
  const tell = () => onchange(names.filter((name) => chosen.has(name)));
  for (const name of names) {
    const box = element("input", { type: "checkbox", class: "form-check-input", checked: chosen.has(name) });
    box.addEventListener("change", () => {
      chosen[box.checked ? "add" : "delete"](name);
      tell();
    });
    list.append(element("label", { class: "form-check" }, box, element("span", { class: "truncate", title: name }, name)));
  }
  if (names.length <= 8) return list;
  const search = element("input", { type: "search", class: "form-control form-control-sm", placeholder: `Search ${names.length} columns`, "aria-label": "Search columns" });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const line of list.children) line.hidden = wanted !== "" && !line.textContent.toLowerCase().includes(wanted);
  });
  return element("div", { class: "field-search" }, search, list);
}

function boolean({ value, label, onchange }) {
  const box = element("input", { type: "checkbox", class: "form-check-input", checked: Boolean(value), "aria-label": label });
  box.addEventListener("change", () => onchange(box.checked));
  return element("label", { class: "form-check" }, box, element("span", {}, label));
}

function choice({ parameter, value, label, onchange }) {
  return select(label, parameter.choices.map((one) => [one.value, one.label]), value ?? parameter.default, onchange, value === null);
}

function choices({ parameter, value, label, onchange }) {
  const chosen = new Set(value ?? []);
  const boxes = parameter.choices.map((one) => {
    const box = element("input", { type: "checkbox", class: "form-check-input", checked: chosen.has(one.value) });
    box.addEventListener("change", () => {
      chosen[box.checked ? "add" : "delete"](one.value);
      onchange(parameter.choices.map((each) => each.value).filter((each) => chosen.has(each)));
    });
    return element("label", { class: "form-check" }, box, element("span", {}, one.label));
  });
  return element("div", { class: "field-boxes", role: "group", "aria-label": label }, ...boxes);
}

function conditions(given) {
  const { around, onchange, value } = given;
  const make = (item, change) => {
    const place = element("span", { class: "field-value" });
    const showValue = () => {
      if (WITHOUT_VALUE.has(item.op)) return place.replaceChildren();
      const isList = WITH_LIST.has(item.op);
      const now = isList ? [item.value ?? []].flat().join(", ") : [item.value ?? ""].flat()[0];
      const read = (text) => typed(text, { isText: !NUMERIC.has(around.columns.find((column) => column.name === item.column)?.type) });
      return place.replaceChildren(input("Value", now, (text) => change({ value: isList ? text.split(",").map((one) => one.trim()).filter(Boolean).map(read) : read(text) }), { placeholder: isList ? "One, another" : "Value" }));
    };
    const setOperator = (op) => {
      const isList = WITH_LIST.has(op);
      const plain = [item.value ?? ""].flat();
      change({ op, value: WITHOUT_VALUE.has(op) ? null : isList ? plain.filter(Boolean) : (plain[0] ?? "") });
      showValue();
    };
    showValue();
    return [select("Column", columnChoices(given), item.column, (column) => change({ column })), select("Comparison", around.operators, item.op, setOperator, false), place];
  };
  const first = around.columns[0]?.name ?? "";
  return lines({ items: value ?? [], make, blank: () => ({ column: first, op: "=", value: "" }), label: "Add a condition", onchange: (items) => onchange(items.filter((item) => item.column)) });
}

function names(given) {
  const items = Object.entries(given.value ?? {}).map(([from, to]) => ({ from, to }));
  const make = (item, change) => [select("Column", columnChoices(given), item.from, (from) => change({ from })), input("New name", item.to, (to) => change({ to }), { placeholder: "New name" })];
  return lines({ items, make, blank: () => ({ from: "", to: "" }), label: "Rename another", onchange: (kept) => given.onchange(Object.fromEntries(kept.filter((item) => item.from && item.to).map((item) => [item.from, item.to]))) });
}

function pairs(given) {
  const { around } = given;
  const make = (item, change) => [input("From", item.from, (from) => change({ from: typed(from, around) }), { placeholder: "From" }), input("To", item.to, (to) => change({ to: typed(to, around) }), { placeholder: "To" })];
  return lines({ items: given.value ?? [], make, blank: () => ({ from: "", to: "" }), label: "Add a pair", onchange: given.onchange });
}

function keys(given) {
  const theirs = given.around.theirColumns;
  const make = (item, change) => [
    select("Column here", columnChoices(given), item.left, (left) => change({ left })),
    theirs.length ? select("Column there", theirs.map((column) => [column.name, column.name]), item.right, (right) => change({ right })) : input("Column there", item.right, (right) => change({ right }), { placeholder: "Column there" }),
  ];
  return lines({ items: given.value ?? [], make, blank: () => ({ left: "", right: "" }), label: "Add a key", onchange: (items) => given.onchange(items.filter((item) => item.left || item.right)) });
}

function aggregations(given) {
  const hows = given.parameter.choices.map((one) => [one.value, one.label]);
  const make = (item, change) => [select("Column", columnChoices(given), item.column, (column) => change({ column })), select("How", hows, item.how, (how) => change({ how }), false), input("Name", item.name, (name) => change({ name: name || undefined }), { placeholder: "Name (optional)" })];
  return lines({ items: given.value ?? [], make, blank: () => ({ column: "", how: hows[0][0] }), label: "Add another", onchange: (items) => given.onchange(items.filter((item) => item.column)) });
}

function orders(given) {
  const ways = [["up", "Smallest first"], ["down", "Largest first"]];
  const make = (item, change) => [select("Column", columnChoices(given), item.column, (column) => change({ column })), select("Order", ways, item.descending ? "down" : "up", (way) => change({ descending: way === "down" }), false)];
  return lines({ items: given.value ?? [], make, blank: () => ({ column: "", descending: false }), label: "Then by another", onchange: (items) => given.onchange(items.filter((item) => item.column)) });
}

function assets({ value, label, around, onchange }) {
  const make = (item, change) => [input(label, item.ref, (ref) => change({ ref }), { list: around.sourceList, placeholder: "azureml:name:1" })];
  return lines({ items: (value ?? []).map((ref) => ({ ref })), make, blank: () => ({ ref: "" }), label: "Add data", onchange: (items) => onchange(items.map((item) => item.ref).filter(Boolean)) });
}

function examples({ value }) {
  const count = (value ?? []).length;
  return element("p", { class: "muted small" }, count ? `Found from ${count} example${count === 1 ? "" : "s"}.` : "Written by hand.");
}

const FIELDS = {
  column: (given) => select(given.label, columnChoices(given), given.value, given.onchange),
  columns,
  text,
  texts: (given) => listOf(given),
  number,
  integer: (given) => number(given, true),
  numbers: (given) => listOf(given, Number),
  boolean,
  value: (given) => input(given.label, given.value ?? "", (written) => given.onchange(typed(written, given.around))),
  values: (given) => listOf(given, (line) => typed(line, given.around)),
  choice,
  choices,
  expression: (given) => area(given, "mono"),
  expressions: (given) => listOf(given),
  pattern: (given) => input(given.label, given.value ?? "", given.onchange, { class: "form-control form-control-sm mono" }),
  conditions,
  names,
  pairs,
  keys,
  aggregations,
  orders,
  asset: (given) => input(given.label, given.value ?? "", given.onchange, { list: given.around.sourceList, placeholder: "azureml:name:1" }),
  assets,
  examples,
};
