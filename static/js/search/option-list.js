// The list below a combobox field: shows options, keeps one of them active for screen readers, answers the chosen one.

export class OptionList {
  constructor(field, list, choose) {
    this.field = field;
    this.list = list;
    this.options = [];
    this.at = -1;
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const index = [...list.children].indexOf(event.target.closest('[role="option"]'));
      if (index >= 0) choose(this.options[index]);
    });
  }

  show(options) {
    this.options = options;
    this.at = -1;
    this.list.replaceChildren(...options.map((one, index) => this.row(one, index)));
    this.list.hidden = options.length === 0;
    this.mark();
  }

  row({ label, detail }, index) {
    const row = document.createElement("div");
    const name = document.createElement("span");
    const note = document.createElement("span");
    row.id = `${this.list.id}-${index}`;
    row.className = "search-option";
    row.setAttribute("role", "option");
    name.className = "label";
    name.textContent = label;
    note.className = "note";
    note.textContent = detail ?? "";
    row.append(name, note);
    return row;
  }

  step(by) {
    if (!this.options.length) return;
    const count = this.options.length;
    this.at = this.at < 0 ? (by > 0 ? 0 : count - 1) : (this.at + by + count) % count;
    this.mark();
  }

  get active() {
    return this.options[this.at] ?? null;
  }

  mark() {
    for (const [index, row] of [...this.list.children].entries()) row.setAttribute("aria-selected", String(index === this.at));
    const row = this.list.children[this.at];
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
    else this.field.removeAttribute("aria-activedescendant");
  }
}
