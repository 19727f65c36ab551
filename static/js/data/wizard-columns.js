// The columns of a table to be: which are included, and of which type. Nothing is said to the studio until something differs.
import { element } from "../run/dom.js";

export class ColumnChoice {
  constructor(wizard, types, changed) {
    Object.assign(this, { types, changed, found: [], chosen: new Map() });
    this.body = wizard.querySelector("[data-columns]");
    this.count = wizard.querySelector("[data-column-count]");
    this.card = wizard.querySelector(".columns-card");
    for (const button of wizard.querySelectorAll("[data-include]")) button.addEventListener("click", () => this.includeAll(button.dataset.include === "all"));
  }

  clear() {
    this.found = [];
    this.chosen = new Map();
  }

  show(columns) {
    this.card.hidden = !columns.length;
    if (columns !== this.found) {
      this.found = columns;
      this.body.replaceChildren(...columns.map((column) => this.row(column)));
    }
    this.tell();
  }

  row(column) {
    const choice = this.of(column);
    const include = element("input", { type: "checkbox", "aria-label": `Include ${column.name}`, checked: choice.included });
    const type = element("select", { class: "form-select is-small", "aria-label": `Type of ${column.name}` }, ...this.offered(column).map((name) => element("option", { value: name, selected: name === choice.type }, name)));
    const line = element("tr", { class: choice.included ? null : "is-left-out" }, element("td", {}, include), element("th", { scope: "row" }, element("code", { class: "wrap-anywhere" }, column.name)), element("td", {}, type));
    include.addEventListener("change", () => this.set(column, { included: include.checked }, line));
    type.addEventListener("change", () => this.set(column, { type: type.value }, line));
    return line;
  }

  offered(column) {
    return this.types.includes(column.type) ? this.types : [column.type, ...this.types];
  }

  of(column) {
    return { included: true, type: column.type, ...this.chosen.get(column.name) };
  }

  set(column, change, line) {
    this.chosen.set(column.name, { ...this.of(column), ...change });
    line.classList.toggle("is-left-out", !this.of(column).included);
    this.tell();
    this.changed();
  }

  includeAll(included) {
    for (const column of this.found) this.chosen.set(column.name, { ...this.of(column), included });
    this.body.replaceChildren(...this.found.map((column) => this.row(column)));
    this.tell();
    this.changed();
  }

  tell() {
    const included = this.found.filter((column) => this.of(column).included).length;
    this.count.textContent = included === this.found.length ? String(this.found.length) : `${included} of ${this.found.length}`;
  }

  // The schema, or null where all columns are taken as they were found.
  schema() {
    const differs = this.found.some((column) => !this.of(column).included || this.of(column).type !== column.type);
    return differs ? this.found.map((column) => ({ name: column.name, ...this.of(column) })) : null;
  }
}
