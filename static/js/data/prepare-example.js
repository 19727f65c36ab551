// By example: wanted values are typed into new columns (or rows marked to keep and drop), the rest is found and shown.
import { fail } from "../grid/server.js";
import { icon } from "../icon.js";
import { element, iconButton } from "../run/dom.js";

const WAIT = 250;
const TITLES = { column: "Column by example", split: "Split by example", filter: "Filter by example" };
const KINDS = { column: "derive_by_example", split: "split_by_example", filter: "filter_by_example" };

export class ByExample {
  constructor(place, page) {
    Object.assign(this, { place, page, mode: "" });
  }

  get isOpen() {
    return this.mode !== "";
  }

  // `column` is the one it begins with; `replaced` the key of a step that is made anew.
  start(mode, { column = "", replaced = "" } = {}) {
    this.page.grid.stop();
    Object.assign(this, { mode, column, replaced, upto: this.page.placeFor(replaced), examples: new Map(), found: null, program: 0, error: "", isSearching: false });
    const taken = new Set(this.page.table.columns.map((one) => one.name));
    const fresh = (name) => (taken.has(name) ? fresh(`${name}_2`) : name);
    this.names = mode === "split" ? [fresh(`${column}_1`), fresh(`${column}_2`)] : [fresh(column ? `${column}_new` : "new_column")];
    this.sources = column && mode === "column" ? [column] : [];
    this.marks = new Map();
    this.page.lock(TITLES[mode]);
    this.show();
    this.draw();
    if (mode !== "filter") this.page.grid.edit(0);
    this.page.say(mode === "filter" ? "Mark rows to keep and to drop." : "Type the values you want into the new column.");
  }

  async again(step) {
    const mode = Object.keys(KINDS).find((one) => KINDS[one] === step.kind);
    await this.page.lookBefore(step.key);
    this.start(mode, { column: step.parameters.column ?? step.parameters.columns?.[0] ?? "", replaced: step.key });
    if (mode === "column") this.names = [step.parameters.into || this.names[0]];
    if (mode === "split") this.names = [...(step.parameters.into ?? this.names)];
    this.recall(step.parameters.examples ?? []);
    this.show();
    this.draw();
    this.search();
  }

  // The rows that were shown before are found again by what they held.
  recall(examples) {
    const columns = this.page.table.columns.map((one) => one.name);
    for (const { row, wanted } of examples) {
      if (typeof row !== "object" || row === null) continue;
      const at = this.page.table.rows.findIndex((cells) => Object.entries(row).every(([name, value]) => cells[columns.indexOf(name)] === value));
      if (at < 0) continue;
      if (this.mode === "filter") this.marks.set(at, wanted);
      else this.examples.set(at, [wanted].flat());
    }
  }

  // What the grid shows of it.
  draw() {
    const { grid } = this.page;
    if (this.mode === "filter") {
      const found = this.found?.[0];
      grid.setMarks({ of: this.marks, kept: found?.programs.length ? found.values : null, doubts: doubtsOf(found), mark: (row, word) => this.mark(row, word) });
      return;
    }
    grid.setExtras(this.names.map((name, at) => ({ name, values: this.found?.[at]?.values ?? [], shown: this.shownAt(at), doubts: doubtsOf(this.found?.[at]), edit: (row, text) => this.typed(row, at, text) })));
  }

  shownAt(at) {
    return new Map([...this.examples].filter(([, parts]) => parts[at] !== undefined && parts[at] !== null).map(([row, parts]) => [row, parts[at]]));
  }

  typed(row, at, text) {
    const parts = this.examples.get(row) ?? this.names.map(() => null);
    parts[at] = text;
    // Emptied: what is found stands there again; an empty value that is wanted is typed as a space.
    if (text === "") parts[at] = null;
    else if (text.trim() === "") parts[at] = "";
    if (parts.every((part) => part === null)) this.examples.delete(row);
    else this.examples.set(row, parts);
    this.searchSoon();
  }

  mark(row, word) {
    if (word) this.marks.set(row, word);
    else this.marks.delete(row);
    this.draw();
    this.searchSoon();
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), WAIT);
  }

  question() {
    if (this.mode === "filter") {
      const rows = (word) => [...this.marks].filter(([, one]) => one === word).map(([row]) => row);
      return this.marks.size ? { kind: "filter", keep: rows("keep"), drop: rows("drop") } : null;
    }
    const whole = [...this.examples].filter(([, parts]) => parts.every((part) => part !== null));
    if (!whole.length) return null;
    const examples = whole.map(([row, wanted]) => ({ row, wanted }));
    if (this.mode === "split") return { kind: "split", column: this.column, examples };
    return { kind: "column", columns: this.sources, examples };
  }

  async search() {
    clearTimeout(this.timer);
    const question = this.question();
    const asked = (this.asked = {});
    this.error = "";
    this.program = 0;
    if (!question) {
      this.found = null;
      this.draw();
      this.show();
      return;
    }
    this.isSearching = true;
    this.show();
    try {
      const answer = await this.page.derive({ ...question, upto: this.upto });
      if (asked !== this.asked || !this.isOpen) return;
      this.found = answer.columns;
    } catch (error) {
      if (asked !== this.asked || !this.isOpen) return;
      this.found = null;
      this.error = [error.message, error.hint].filter(Boolean).join(" ");
    }
    this.isSearching = false;
    this.draw();
    this.show();
    this.tell();
  }

  tell() {
    const doubts = this.found?.reduce((sum, one) => sum + one.doubts.length, 0) ?? 0;
    if (this.found) this.page.say(this.isFound ? `Found. ${doubts ? `${doubts} rows to confirm.` : "Every row is clear."}` : "Nothing fits these examples yet.");
  }

  get isFound() {
    return Boolean(this.found?.every((one) => one.programs.length));
  }

  // Another program that fits, shown in the grid before it is taken.
  async choose(at) {
    this.program = at;
    this.show();
    const { expression } = this.found[0].programs[at];
    const step = this.mode === "filter" ? null : { kind: "derive_by_example", parameters: { into: "\u2063new", expression } };
    if (!step) return;
    try {
      const table = await this.page.lookAt(step, this.upto);
      this.found[0].values = table.rows.map((row) => row.at(-1));
      this.found[0].doubts = [];
      this.draw();
    } catch (error) {
      fail(error);
    }
  }

  show() {
    const parts = [this.head(), this.words(), ...this.settings(), this.status(), ...this.programs(), ...this.doubts(), this.foot()];
    const focused = document.activeElement?.closest?.("[data-name]")?.dataset.name;
    this.place.replaceChildren(...parts.filter(Boolean));
    this.place.hidden = false;
    if (focused) this.place.querySelector(`[data-name="${focused}"]`)?.focus();
  }

  head() {
    return element("header", { class: "prepare-head" }, element("div", { class: "panel-title" }, icon("zap"), element("h2", {}, TITLES[this.mode]), iconButton("x", "Cancel", () => this.stop())));
  }

  words() {
    const text = {
      column: "Type two or three values you want into the new column. The rest fills in.",
      split: `Type the parts you want of ${this.column} into the new columns of one or two rows.`,
      filter: "Mark a few rows ✓ to keep and ✕ to drop. The rule is found.",
    };
    return element("p", { class: "muted small" }, text[this.mode]);
  }

  settings() {
    if (this.mode === "filter") return [];
    const inputs = this.names.map((name, at) => {
      const input = element("input", { class: "form-control form-control-sm", value: name, "aria-label": `Name of the new column${this.names.length > 1 ? ` ${at + 1}` : ""}`, "data-name": `name-${at}`, autocomplete: "off" });
      input.addEventListener("change", () => {
        this.names[at] = input.value.trim() || this.names[at];
        this.draw();
      });
      return input;
    });
    const field = element("div", { class: "field" }, element("span", { class: "form-label" }, this.mode === "split" ? "New columns" : "New column"), element("div", { class: "stack stack-8" }, ...inputs));
    return this.mode === "split" ? [field, this.partButtons()] : [field, this.sourceField()];
  }

  partButtons() {
    const change = (count) => {
      this.names = count > this.names.length ? [...this.names, `${this.column}_${count}`] : this.names.slice(0, count);
      for (const [row, parts] of this.examples) this.examples.set(row, this.names.map((_, at) => parts[at] ?? null));
      this.found = null;
      this.draw();
      this.search();
    };
    const more = element("button", { type: "button", class: "btn btn-sm", disabled: this.names.length >= 12, onclick: () => change(this.names.length + 1) }, icon("plus"), "Another part");
    const fewer = element("button", { type: "button", class: "btn btn-sm", disabled: this.names.length <= 1, onclick: () => change(this.names.length - 1) }, icon("minus"), "Fewer");
    return element("div", { class: "row-line" }, more, fewer);
  }

  sourceField() {
    const options = [element("option", { value: "", selected: !this.sources.length }, "All columns"), ...this.page.table.columns.map(({ name }) => element("option", { value: name, selected: this.sources[0] === name }, name))];
    const select = element("select", { class: "form-select form-select-sm", "aria-label": "Made from", "data-name": "sources" }, ...options);
    select.addEventListener("change", () => {
      this.sources = select.value ? [select.value] : [];
      this.search();
    });
    return element("div", { class: "field" }, element("span", { class: "form-label" }, "Made from"), select);
  }

  status() {
    if (this.isSearching) return element("p", { class: "example-status muted", role: "status" }, icon("loader-circle", "spin"), "Searching …");
    if (this.error) return element("p", { class: "form-error", role: "alert" }, this.error);
    if (this.found && !this.isFound) return element("p", { class: "form-error", role: "status" }, "Nothing was found that fits. Check what you typed, or show another row.");
    return null;
  }

  programs() {
    if (!this.isFound || this.isSearching) return [];
    if (this.mode === "split") return [element("div", { class: "field" }, element("span", { class: "form-label" }, "Found"), ...this.found.map((one, at) => element("div", { class: "program is-chosen" }, element("span", { class: "program-name" }, this.names[at]), element("code", {}, one.programs[0].expression))))];
    const list = this.found[0].programs.map((program, at) => {
      const note = program.kept === undefined ? null : element("span", { class: "program-name" }, `keeps ${program.kept.toLocaleString("en")} of ${this.page.table.row_count.toLocaleString("en")}`);
      return element("button", { type: "button", class: `program${at === this.program ? " is-chosen" : ""}`, "aria-pressed": String(at === this.program), "data-name": `program-${at}`, onclick: () => this.choose(at) }, note, element("code", {}, program.expression));
    });
    const [first, ...others] = list;
    const chosen = list[this.program] ?? first;
    const rest = [first, ...others].filter((one) => one !== chosen);
    const more = rest.length ? element("details", { class: "programs" }, element("summary", {}, `${rest.length} other${rest.length === 1 ? "" : "s"} that fit`), ...rest) : null;
    return [element("div", { class: "field" }, element("span", { class: "form-label" }, "Found"), chosen, more)];
  }

  // Rows in which programs as good give something else: a press says which is meant, and is an example from then on.
  doubts() {
    if (!this.isFound || this.isSearching) return [];
    const found = this.found.flatMap((one, at) => one.doubts.map((doubt) => ({ ...doubt, at }))).slice(0, 4);
    if (!found.length) return [];
    const total = this.found.reduce((sum, one) => sum + one.doubt_count, 0);
    const lines = found.map((doubt) => {
      const values = this.mode === "filter" ? [["keep", "Keep"], ["drop", "Drop"]] : doubt.values.slice(0, 4).map((value) => [value, value || "(empty)"]);
      const buttons = values.map(([value, words]) => element("button", { type: "button", class: "btn btn-sm doubt-value", title: words, onclick: () => this.confirm(doubt, value) }, words));
      return element("li", {}, element("button", { type: "button", class: "btn btn-link btn-sm", onclick: () => this.page.grid.reveal(doubt.row) }, `Row ${(doubt.row + 1).toLocaleString("en")}`), element("span", { class: "doubt-values" }, ...buttons));
    });
    return [element("section", { class: "doubts" }, element("h3", {}, icon("circle-help", "icon-sm"), `${total.toLocaleString("en")} row${total === 1 ? "" : "s"} to confirm`), element("p", { class: "muted small" }, `More than one ${this.mode === "filter" ? "rule" : "program"} fits. Press what you mean.`), element("ul", {}, ...lines))];
  }

  confirm(doubt, value) {
    if (this.mode === "filter") {
      this.mark(doubt.row, value);
      return;
    }
    const parts = this.names.map((_, at) => (at === doubt.at ? value : (this.examples.get(doubt.row)?.[at] ?? this.found[at].values[doubt.row] ?? "")));
    this.examples.set(doubt.row, parts);
    this.draw();
    this.search();
  }

  foot() {
    return element(
      "div",
      { class: "prepare-foot" },
      element("button", { type: "button", class: "btn", onclick: () => this.stop() }, "Cancel"),
      element("button", { type: "button", class: "btn btn-primary", disabled: !this.isFound || this.isSearching, onclick: () => this.apply() }, this.mode === "filter" ? "Apply filter" : this.mode === "split" ? "Add columns" : "Add column"),
    );
  }

  apply() {
    const parameters = this.parameters();
    const { mode, replaced, upto } = this;
    this.close();
    if (replaced) this.page.draft.set(replaced, parameters);
    const key = replaced || this.page.draft.add(KINDS[mode], parameters, upto);
    this.page.choose(key, [parameters.into ?? []].flat()[0]);
  }

  parameters() {
    const examples = this.mode === "filter" ? [...this.marks].map(([row, wanted]) => ({ row: this.rowAt(row), wanted })) : [...this.examples].map(([row, parts]) => ({ row: this.rowAt(row), wanted: this.mode === "split" ? parts : parts[0] }));
    if (this.mode === "split") return { column: this.column, into: this.names, examples, expressions: this.found.map((one) => one.programs[0].expression) };
    const { expression } = this.found[0].programs[this.program];
    return this.mode === "filter" ? { examples, expression } : { into: this.names[0], columns: this.sources, examples, expression };
  }

  // A row by what it holds, so that it is found again in another sample.
  rowAt(row) {
    const { columns, rows } = this.page.table;
    return Object.fromEntries(columns.slice(0, 30).map((column, at) => [column.name, rows[row][at]]));
  }

  stop() {
    const key = this.replaced || this.page.chosen;
    this.close();
    this.page.choose(key);
  }

  close() {
    this.mode = "";
    this.asked = null;
    clearTimeout(this.timer);
    this.page.grid.stop();
    this.page.grid.setExtras([]);
    this.page.grid.setMarks(null);
    this.page.unlock();
  }
}

function doubtsOf(found) {
  return new Set(found?.doubts.map((doubt) => doubt.row) ?? []);
}
