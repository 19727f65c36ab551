// Asks for the ends of a chart's y axis.

import { element } from "../run/dom.js";

export function askRange(chart) {
  const { board, key } = chart;
  const [low, high] = board.state.ranges.get(key) ?? ["", ""];
  const field = (name, text, value) => {
    const id = `range-${name}`;
    return element("div", { class: "field" }, element("label", { class: "form-label", for: id }, text), element("input", { class: "form-control num", id, name, type: "number", step: "any", value: String(value) }));
  };
  const form = element(
    "form",
    { method: "dialog" },
    element("div", { class: "dialog-head" }, element("h2", {}, "Y axis")),
    element("div", { class: "dialog-body" }, element("p", { class: "muted small" }, key), field("from", "From", low), field("to", "To", high)),
    element(
      "div",
      { class: "dialog-foot" },
      element("button", { type: "submit", class: "btn", value: "all" }, "Use for the section"),
      element("button", { type: "submit", class: "btn", value: "clear" }, "Automatic"),
      element("button", { type: "submit", class: "btn btn-primary", value: "set" }, "Set"),
    ),
  );
  const dialog = element("dialog", { class: "dialog", "aria-label": `Y axis of ${key}` }, form);
  dialog.addEventListener("close", () => {
    const edges = [form.elements.from.value, form.elements.to.value].map((text) => (text === "" ? NaN : Number(text)));
    const isRange = edges.every(Number.isFinite) && edges[0] < edges[1];
    if (dialog.returnValue === "clear") board.setRange([key], null);
    if (dialog.returnValue === "set" && isRange) board.setRange([key], edges);
    if (dialog.returnValue === "all" && isRange) board.setRange(board.sectionKeys(key), edges);
    dialog.remove();
    chart.plot.focus();
  });
  board.append(dialog);
  dialog.showModal();
}
