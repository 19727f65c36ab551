// The dialog that adds a chart: an expression of metrics, or a picture of the runs' values.

import { element } from "../run/dom.js";

export function addChart(board) {
  const text = element("input", { class: "form-control mono", id: "add-text", name: "text", autocomplete: "off", spellcheck: "false", placeholder: "val/loss - train/loss", "aria-describedby": "add-hint" });
  const form = element(
    "form",
    { method: "dialog" },
    element("div", { class: "dialog-head" }, element("h2", {}, "Add a chart")),
    element(
      "div",
      { class: "dialog-body" },
      element("div", { class: "field" }, element("label", { class: "form-label", for: "add-text" }, "Expression of metrics"), text, element("p", { class: "form-hint", id: "add-hint" }, "+ - * / ** and log, exp, abs, sqrt, min, max, ewm, diff, cumsum, cummin, cummax. Put spaces around a / that divides.")),
    ),
    element("div", { class: "dialog-foot" }, element("button", { type: "submit", class: "btn", value: "", formnovalidate: true }, "Cancel"), element("button", { type: "submit", class: "btn btn-primary", value: "add" }, "Add")),
  );
  const dialog = element("dialog", { class: "dialog", "aria-label": "Add a chart" }, form);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "add" && text.value.trim()) board.addCard({ kind: "expression", text: text.value.trim() });
    dialog.remove();
  });
  board.append(dialog);
  dialog.showModal();
  text.focus();
}
