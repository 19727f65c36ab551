// <data-prepare data-config="ID of a JSON script">: steps on the left, the sample in the middle, the panel of a step on the right.
import { ask, fail, toast } from "../grid/server.js";
import { element } from "../run/dom.js";
import { actionsOf } from "./prepare-actions.js";
import { Catalogue } from "./prepare-add.js";
import { Dialogs } from "./prepare-dialogs.js";
import { Draft } from "./prepare-draft.js";
import { ByExample } from "./prepare-example.js";
import { PrepareGrid } from "./prepare-grid.js";
import { StepPanel } from "./prepare-panel.js";
import { StepList } from "./prepare-steps.js";

const WAIT = 180;
const STATES = { saved: "Draft saved", saving: "Saving …", unsaved: "Saving …" };

class DataPrepare extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.canEdit = this.config.canEdit;
    this.lastVersion = this.config.lastVersion;
    this.kinds = new Map(this.config.catalogue.map((kind) => [kind.kind, kind]));
    this.sample = { sample: "first", seed: 1 };
    this.draft = new Draft({ draft: this.config.draft, url: this.config.urls.draft, canEdit: this.canEdit });
    this.chosen = this.draft.steps.at(-1)?.key ?? "";
    this.told = null;
    this.find();
    this.bind();
    this.list.show();
    this.showState();
    this.look();
  }

  find() {
    const part = (name) => this.querySelector(`[data-part="${name}"]`);
    this.parts = { panel: part("panel"), problem: part("problem"), count: part("count"), live: part("live"), conflict: part("conflict"), source: part("source") };
    this.list = new StepList(part("steps"), this);
    this.panel = new StepPanel(this.parts.panel, this);
    this.example = new ByExample(this.parts.panel, this);
    this.grid = new PrepareGrid(part("grid"), { canEdit: this.canEdit, actionsOf: (column) => actionsOf(column, this) });
    this.catalogue = this.canEdit ? new Catalogue(this.querySelector('[data-dialog="add"]'), this) : null;
    this.dialogs = new Dialogs(this);
  }

  bind() {
    this.draft.addEventListener("change", () => this.draftChanged());
    this.draft.addEventListener("state", () => this.showState());
    const press = { add: () => this.catalogue.open(), "new-column": () => this.example.start("column"), "filter-rows": () => this.example.start("filter"), undo: () => this.travel("undo"), redo: () => this.travel("redo"), "take-theirs": () => this.takeTheirs(), "keep-mine": () => this.keepMine(), retry: () => this.draft.save() };
    document.addEventListener("click", (event) => {
      const name = event.target.closest("[data-press]")?.dataset.press;
      if (name) press[name]?.();
    });
    for (const button of this.querySelectorAll("[data-sample]")) button.addEventListener("click", () => this.resample(button.dataset.sample));
    this.parts.source?.addEventListener("change", () => this.draft.setSource(this.parts.source.value.trim()));
    document.addEventListener("keydown", (event) => this.pressed(event));
    document.body.addEventListener(`live:workspace-${this.config.workspace}:dataflow-${this.config.pk}`, () => this.changedElsewhere());
    window.addEventListener("beforeunload", (event) => {
      if (this.draft.state === "unsaved" || this.draft.state === "failed") event.preventDefault();
    });
  }

  pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const way = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
    if (!way) return;
    event.preventDefault();
    this.travel(way);
  }

  travel(way) {
    if (this.example.isOpen) return;
    this.draft[way]();
    this.panel.open(this.panel.key);
  }

  draftChanged() {
    if (this.chosen && !this.draft.at(this.chosen)) this.chosen = this.draft.steps.at(-1)?.key ?? "";
    if (!this.example.isOpen && this.panel.key && !this.draft.at(this.panel.key)) this.closePanel();
    if (this.parts.source && document.activeElement !== this.parts.source) this.parts.source.value = this.draft.source;
    this.list.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  // The table after the chosen step, and what every step says of itself.
  async look() {
    clearTimeout(this.timer);
    const asked = (this.asked = {});
    const steps = this.draft.steps.map((step) => step.key);
    this.classList.add("is-looking");
    try {
      const table = await this.preview({ upto: this.draft.index(this.chosen) + 1 });
      if (asked !== this.asked) return;
      this.table = table;
      this.told = { ...table, keys: steps };
      this.showTable();
    } catch (error) {
      if (asked === this.asked && error.name !== "AbortError") this.fail(error);
    } finally {
      if (asked === this.asked) this.classList.remove("is-looking");
    }
  }

  preview(more, recipe = this.draft.recipe) {
    return ask(this.config.urls.preview, { method: "POST", body: { recipe, ...this.sample, ...more } });
  }

  derive(more) {
    return ask(this.config.urls.derive, { method: "POST", body: { recipe: this.draft.recipe, ...this.sample, ...more } });
  }

  // The table with one more step at a place, for a look before it is added.
  lookAt(step, upto) {
    const { source, steps } = this.draft.recipe;
    return this.preview({ upto: upto + 1 }, { source, steps: [...steps.slice(0, upto), step] });
  }

  async lookBefore(key) {
    const table = await this.preview({ upto: this.draft.index(key) });
    this.table = table;
    this.grid.show(table);
  }

  showTable() {
    const { row_count: rows, columns } = this.table;
    this.parts.problem.hidden = true;
    this.list.show();
    this.grid.show(this.table);
    this.parts.count.textContent = `${rows.toLocaleString("en")} row${rows === 1 ? "" : "s"}, ${columns.length} column${columns.length === 1 ? "" : "s"}`;
    if (!this.example.isOpen) this.panel.showProblems();
  }

  fail(error) {
    this.parts.problem.hidden = false;
    this.parts.problem.replaceChildren([error.message, error.hint].filter(Boolean).join(" "), " ", element("button", { type: "button", class: "btn btn-sm", onclick: () => this.look() }, "Try again"));
  }

  toldOf(key) {
    const at = this.told?.keys.indexOf(key) ?? -1;
    return at < 0 ? null : this.told.steps[at];
  }

  // The columns a step begins with, as far as they are known.
  aroundOf(key, filled) {
    const at = this.draft.index(key);
    let columns = this.told?.source_columns ?? [];
    for (const step of this.draft.steps.slice(0, at)) columns = this.toldOf(step.key)?.columns ?? columns;
    const named = [filled.column, ...(Array.isArray(filled.columns) ? filled.columns : [])];
    const isText = columns.some((column) => named.includes(column.name) && column.type === "text");
    return { columns, isText, operators: this.config.operators, sourceList: "prepare-sources", theirColumns: this.told?.others[filled.other] ?? [] };
  }

  filled(step) {
    const defaults = Object.fromEntries(this.kinds.get(step.kind).parameters.map((parameter) => [parameter.name, parameter.default]));
    return { ...defaults, ...step.parameters };
  }

  // `column`: one to bring into view when the table is there.
  async choose(key, column = "") {
    if (this.example.isOpen) return;
    this.chosen = key;
    this.list.show();
    this.panel.open(key);
    await this.look();
    if (column) this.grid.revealColumn(column);
  }

  closePanel() {
    this.panel.rest();
  }

  // New steps come after the chosen one.
  placeFor(replaced) {
    return replaced ? this.draft.index(replaced) : this.draft.index(this.chosen) + 1;
  }

  addStep(kind, parameters = null, isDone = false) {
    const modes = { derive_by_example: "column", split_by_example: "split", filter_by_example: "filter" };
    if (modes[kind] && kind !== "split_by_example") {
      this.example.start(modes[kind]);
      return;
    }
    if (modes[kind]) {
      const column = this.table?.columns.find((one) => one.type === "text")?.name;
      if (column) this.example.start("split", { column });
      else toast("There is no column of text to split.", "error");
      return;
    }
    const key = this.draft.add(kind, parameters ?? {}, this.placeFor(""));
    this.chosen = key;
    this.list.show();
    this.panel.open(key, !isDone);
    this.say(`${this.kinds.get(kind).label} is added as step ${this.draft.index(key) + 1}.`);
  }

  remove(key) {
    const at = this.draft.index(key);
    if (this.chosen === key) this.chosen = this.draft.steps[at - 1]?.key ?? "";
    this.draft.remove(key);
    this.list.place.querySelector(`[data-key="${this.chosen}"] .step-open`)?.focus();
    this.say("The step is deleted. Undo brings it back.");
  }

  // While values are typed into a new column the steps rest.
  lock(title) {
    this.rest(true);
    this.panel.key = "";
    this.panel.form = null;
    this.parts.panel.setAttribute("aria-label", title);
  }

  rest(isResting) {
    this.classList.toggle("is-showing", isResting);
    for (const part of this.querySelectorAll(".prepare-side, .prepare-title .row-line")) part.inert = isResting;
  }

  unlock() {
    this.rest(false);
    this.parts.panel.setAttribute("aria-label", "The step");
    this.parts.panel.hidden = true;
  }

  resample(mode) {
    this.sample = { sample: mode, seed: mode === "random" ? this.sample.seed + 1 : 1 };
    for (const button of this.querySelectorAll("[data-sample]")) button.setAttribute("aria-pressed", button.dataset.sample === mode);
    this.look();
  }

  showState() {
    const { state, error, past, future } = this.draft;
    const place = document.querySelector("[data-draft-state]");
    if (place) place.textContent = this.canEdit ? (STATES[state] ?? "Not saved") : "Read only";
    place?.classList.toggle("is-wrong", state === "failed" || state === "conflict");
    for (const [name, kept] of [["undo", past], ["redo", future]]) for (const button of document.querySelectorAll(`[data-press="${name}"]`)) button.disabled = !kept.length;
    this.parts.conflict.hidden = state !== "conflict" && state !== "failed";
    if (this.parts.conflict.hidden) return;
    this.parts.conflict.querySelector("[data-words]").textContent = [error.message, state === "conflict" ? "" : error.hint].filter(Boolean).join(" ");
    for (const button of this.parts.conflict.querySelectorAll("[data-on]")) button.hidden = button.dataset.on !== state;
  }

  async changedElsewhere() {
    if (this.draft.state !== "saved" || this.example.isOpen) return;
    try {
      const draft = await ask(this.config.urls.draft);
      if (this.draft.state !== "saved" || draft.stamp === this.draft.stamp) return;
      this.take(draft);
      toast("Somebody else changed the draft: this is how it stands now.", "info");
    } catch (error) {
      if (this.canEdit) fail(error);
    }
  }

  async takeTheirs() {
    this.take(await ask(this.config.urls.draft));
  }

  async keepMine() {
    this.draft.stamp = this.draft.error.problem.stamp;
    this.draft.state = "unsaved";
    await this.draft.save();
  }

  take(draft) {
    this.draft.take(draft);
    this.chosen = this.draft.steps.at(-1)?.key ?? "";
    this.closePanel();
    this.list.show();
    this.look();
  }

  tookVersion(number) {
    this.lastVersion = Math.max(this.lastVersion, number);
    const place = document.querySelector("[data-last-version]");
    if (!place) return;
    place.textContent = `version ${this.lastVersion}`;
    place.hidden = false;
  }

  say(text) {
    this.parts.live.textContent = text;
  }
}

customElements.define("data-prepare", DataPrepare);
