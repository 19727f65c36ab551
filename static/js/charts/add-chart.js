// The dialog that adds a chart: an expression of metrics, or a picture of the runs' values.

import { element } from "../run/dom.js";

const KINDS = {
  expression: ["Expression of metrics"],
  scatter: ["Scatter", "x", "y"],
  bar: ["Bars", "y"],
  box: ["Boxes", "x", "y"],
  contour: ["Contour", "x", "y", "z"],
  parallel: ["Parallel coordinates", "fields"],
};
const WORDS = { x: "Across", y: "Up", z: "Colour" };

function field(id, label, control, hint) {
  return element("div", { class: "field", "data-part": id }, element("label", { class: "form-label", for: `add-${id}` }, label), control, hint && element("p", { class: "form-hint", id: `add-${id}-hint` }, hint));
}

function select(id, choices, attributes = {}) {
  return element("select", { class: "form-select", id: `add-${id}`, name: id, ...attributes }, ...choices.map(([value, text]) => element("option", { value }, text)));
}

function valuesOf({ names, keys, runs }) {
  const metrics = keys.filter((key) => !key.startsWith("system/")).slice(0, 200).map((key) => [`metrics.${key}:best`, `${key} (best)`]);
  const last = keys.filter((key) => !key.startsWith("system/")).slice(0, 200).map((key) => [`metrics.${key}:last`, `${key} (last)`]);
  const params = names.params.map((key) => [`params.${key}`, key]);
  const tags = names.tags.map((key) => [`tags.${key}`, `${key} (tag)`]);
  return { all: [...params, ...metrics, ...last, ...tags, ["attributes.duration", "duration"], ["attributes.experiment", "experiment"]], numbers: [...metrics, ...last, ...params], runs };
}

export function addChart(board) {
  const { all, numbers } = valuesOf(board);
  const text = element("input", { class: "form-control mono", id: "add-text", name: "text", autocomplete: "off", spellcheck: "false", placeholder: "val/loss - train/loss", "aria-describedby": "add-text-hint" });
  const kinds = Object.entries(KINDS).filter(([kind]) => kind === "expression" || board.runs.length > 1);
  const kind = select("kind", kinds.map(([value, [label]]) => [value, label]));
  const parts = [
    field("text", "Expression", text, "+ - * / ** and log, exp, abs, sqrt, min, max, ewm, diff, cumsum, cummin, cummax. Put spaces around a / that divides."),
    field("x", WORDS.x, select("x", all)),
    field("y", WORDS.y, select("y", numbers)),
    field("z", WORDS.z, select("z", numbers)),
    field("fields", "Values", select("fields", all, { multiple: true, size: "8" }), "Hold Ctrl to choose several."),
  ];
  const form = element(
    "form",
    { method: "dialog" },
    element("div", { class: "dialog-head" }, element("h2", {}, "Add a chart")),
    element("div", { class: "dialog-body" }, field("kind", "Kind", kind), ...parts),
    element("div", { class: "dialog-foot" }, element("button", { type: "submit", class: "btn", value: "" }, "Cancel"), element("button", { type: "submit", class: "btn btn-primary", value: "add" }, "Add")),
  );
  const offer = () => {
    const [, ...wanted] = KINDS[kind.value];
    for (const part of parts) part.hidden = !(wanted.length ? wanted : ["text"]).includes(part.dataset.part);
  };
  kind.addEventListener("change", offer);
  offer();
  const dialog = element("dialog", { class: "dialog", "aria-label": "Add a chart" }, form);
  dialog.addEventListener("close", () => {
    const card = dialog.returnValue === "add" ? cardOf(form) : null;
    if (card) board.addCard(card);
    dialog.remove();
  });
  board.append(dialog);
  dialog.showModal();
  kind.focus();
}

function cardOf(form) {
  const { kind, text, fields } = form.elements;
  if (kind.value === "expression") return text.value.trim() ? { kind: "expression", text: text.value.trim() } : null;
  if (kind.value === "parallel") {
    const chosen = [...fields.selectedOptions].map(({ value }) => value);
    return chosen.length > 1 ? { kind: "parallel", fields: chosen } : null;
  }
  return { kind: kind.value, ...Object.fromEntries(KINDS[kind.value].slice(1).map((name) => [name, form.elements[name].value])) };
}
