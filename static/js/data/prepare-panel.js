// The panel of one step: its parameters as fields, made from what its kind declares.
import { icon } from "../icon.js";
import { element, iconButton } from "../run/dom.js";
import { field } from "./prepare-fields.js";

const TYPING = new Set(["text", "texts", "number", "integer", "numbers", "value", "values", "expression", "expressions", "pattern", "conditions", "names", "pairs", "asset", "assets", "aggregations", "keys"]);

// What may be left out and has nothing that stands for it.
function isOptional({ required, kind, default: given }) {
  const isEmpty = given === null || given === "" || (Array.isArray(given) && !given.length);
  return !required && isEmpty && kind !== "examples";
}

export class StepPanel {
  constructor(place, page) {
    Object.assign(this, { place, page });
  }

  // Shows a step; `isFresh` puts the focus into its first field.
  open(key, isFresh = false) {
    const step = this.page.draft.at(key);
    this.key = key;
    if (!step) return this.rest();
    const kind = this.page.kinds.get(step.kind);
    this.fields = new Map();
    this.form = element("form", { class: "panel-fields", novalidate: true });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.place.replaceChildren(this.head(kind, step), this.form);
    this.fill(step, kind);
    this.showProblems();
    this.place.hidden = false;
    this.place.classList.toggle("is-read", !this.page.canEdit);
    if (isFresh) this.focus();
    return undefined;
  }

  head(kind, step) {
    const title = element("div", { class: "panel-title" }, icon(kind.icon), element("h2", {}, kind.label), iconButton("x", "Close", () => this.page.closePanel()));
    return element("header", { class: "prepare-head" }, title, element("p", { class: "muted small" }, kind.help), this.byExample(kind, step));
  }

  // Steps found by example are shown examples again in the grid.
  byExample(kind, step) {
    if (kind.group !== "By example" || !this.page.canEdit) return null;
    return element("button", { type: "button", class: "btn btn-sm", onclick: () => this.page.example.again(step) }, icon("zap"), "Show other examples");
  }

  fill(step, kind) {
    const filled = this.page.filled(step);
    const around = this.page.aroundOf(step.key, filled);
    for (const parameter of kind.parameters) {
      const applies = Object.entries(parameter.when).every(([other, allowed]) => allowed.includes(filled[other]));
      if (!applies) continue;
      const made = field(parameter, filled[parameter.name], around, (value) => this.changed(parameter, value));
      if (!this.page.canEdit) for (const control of [made, ...made.querySelectorAll("input, select, textarea, button")]) control.disabled = true;
      this.fields.set(parameter.name, made);
      this.form.append(this.line(parameter, made));
    }
  }

  line(parameter, made) {
    const isBox = parameter.kind === "boolean";
    const label = isBox ? null : element("span", { class: "form-label" }, parameter.label, isOptional(parameter) ? element("span", { class: "optional" }, " (optional)") : null);
    const more = parameter.kind === "expression" ? this.functions(made) : null;
    return element("div", { class: "field", "data-parameter": parameter.name }, label, made, parameter.help ? element("p", { class: "form-hint" }, parameter.help) : null, more, element("p", { class: "form-error", hidden: true }));
  }

  changed(parameter, value) {
    const step = this.page.draft.at(this.key);
    if (!step) return;
    const parameters = { ...step.parameters };
    if (value === null || value === undefined || (value === "" && !parameter.required)) delete parameters[parameter.name];
    else parameters[parameter.name] = value;
    this.page.draft.set(this.key, parameters, TYPING.has(parameter.kind) ? parameter.name : "");
    const kind = this.page.kinds.get(step.kind);
    const isAsked = kind.parameters.some((other) => parameter.name in other.when) || parameter.kind === "column";
    if (isAsked) this.again();
  }

  // The same panel with the fields its values call for now, and the focus where it was.
  again() {
    const at = [...this.form.querySelectorAll("input, select, textarea, button")].indexOf(document.activeElement);
    const step = this.page.draft.at(this.key);
    this.form.replaceChildren();
    this.fields.clear();
    this.fill(step, this.page.kinds.get(step.kind));
    this.showProblems();
    if (at >= 0) this.form.querySelectorAll("input, select, textarea, button")[at]?.focus();
  }

  showProblems() {
    if (!this.form) return;
    for (const node of this.form.querySelectorAll(":scope > .field > .form-error")) node.hidden = true;
    for (const node of this.form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    this.form.querySelector(":scope > .panel-problem")?.remove();
    for (const problem of this.page.toldOf(this.key)?.problems ?? []) this.showProblem(problem);
  }

  showProblem(problem) {
    const line = this.form.querySelector(`[data-parameter="${CSS.escape(problem.parameter)}"]`);
    const isOpen = problem.sentence.endsWith("is missing.");
    if (!line) {
      this.form.prepend(element("p", { class: "panel-problem form-error", role: "status" }, problem.sentence));
      return;
    }
    if (isOpen) return;
    const place = line.querySelector(":scope > .form-error");
    place.hidden = false;
    place.textContent = problem.sentence;
    line.querySelector("input, textarea, select")?.setAttribute("aria-invalid", "true");
  }

  focus() {
    const first = this.form.querySelector("textarea, input:not([type=checkbox]), select, input");
    const open = [...this.form.querySelectorAll("input:not([type=checkbox]):not([type=search]), textarea, select")].find((node) => !node.value || node.value === "Choose …");
    (open ?? first)?.focus();
    if (this.form.contains(document.activeElement) && document.activeElement.select) document.activeElement.select();
  }

  // What an expression may call; a press puts it where the cursor is.
  functions(area) {
    const list = element("ul", { class: "function-list" });
    for (const one of this.page.config.functions) {
      const put = () => {
        area.setRangeText(one.usage.replace(/^(\w+)\(.*$/, "$1("), area.selectionStart, area.selectionEnd, "end");
        area.dispatchEvent(new Event("input"));
        area.focus();
      };
      list.append(element("li", {}, element("button", { type: "button", title: one.help, onclick: put }, element("code", {}, one.usage), element("span", {}, one.help))));
    }
    return element("details", { class: "functions" }, element("summary", {}, "Columns and functions"), element("p", { class: "form-hint" }, "A column by its name, or in brackets: [unit price]. And, or, not, is missing, in (…), + - * / & compare and join."), list);
  }

  rest() {
    this.key = "";
    this.form = null;
    this.place.hidden = true;
    this.place.replaceChildren();
  }
}
