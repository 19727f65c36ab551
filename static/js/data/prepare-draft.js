// The draft of a dataflow in the browser: its steps, undo and redo of everything, saved a moment after each change.
import { ask } from "../grid/server.js";

const WAIT = 600;
const MOST_UNDO = 200;
let last = 0;

export class Draft extends EventTarget {
  constructor({ draft, url, canEdit }) {
    super();
    Object.assign(this, { url, canEdit, source: draft.source, stamp: draft.stamp, state: "saved" });
    this.steps = draft.steps.map(withKey);
    this.past = [];
    this.future = [];
  }

  get recipe() {
    return { source: this.source, steps: this.steps.map(plain) };
  }

  index(key) {
    return this.steps.findIndex((step) => step.key === key);
  }

  at(key) {
    return this.steps[this.index(key)];
  }

  // Every change goes through here: `make` gets copies of the steps and answers the new list.
  // Changes of one `group` in a row are undone as one.
  change(make, group = "") {
    if (!this.canEdit) return;
    if (!group || group !== this.group) {
      this.past.push(this.snapshot());
      if (this.past.length > MOST_UNDO) this.past.shift();
    }
    this.group = group;
    this.future = [];
    this.steps = make(this.steps.map((step) => ({ ...step })));
    this.changed();
  }

  add(kind, parameters, at = this.steps.length) {
    const step = withKey({ kind, parameters });
    this.change((steps) => steps.toSpliced(at, 0, step));
    return step.key;
  }

  set(key, parameters, group) {
    this.change((steps) => steps.map((step) => (step.key === key ? { ...step, parameters } : step)), group ? `${key}:${group}` : "");
  }

  update(key, values) {
    this.change((steps) => steps.map((step) => (step.key === key ? { ...step, ...values } : step)));
  }

  remove(key) {
    this.change((steps) => steps.filter((step) => step.key !== key));
  }

  removeAll() {
    this.change(() => []);
  }

  move(key, to) {
    const from = this.index(key);
    if (from < 0 || to < 0 || to >= this.steps.length || from === to) return;
    this.change((steps) => {
      const [step] = steps.splice(from, 1);
      steps.splice(to, 0, step);
      return steps;
    });
  }

  setSource(source) {
    if (source === this.source || !this.canEdit) return;
    this.past.push(this.snapshot());
    this.future = [];
    this.source = source;
    this.changed();
  }

  undo() {
    this.travel(this.past, this.future);
  }

  redo() {
    this.travel(this.future, this.past);
  }

  travel(from, to) {
    if (!from.length || !this.canEdit) return;
    to.push(this.snapshot());
    Object.assign(this, from.pop());
    this.group = "";
    this.changed();
  }

  snapshot() {
    return { source: this.source, steps: this.steps };
  }

  // Takes what the server holds: after a conflict, or a version that came back.
  take(draft) {
    Object.assign(this, { source: draft.source, stamp: draft.stamp, steps: draft.steps.map(withKey), past: [], future: [], group: "" });
    clearTimeout(this.timer);
    this.tell("saved");
    this.dispatchEvent(new Event("change"));
  }

  changed() {
    this.tell("unsaved");
    this.dispatchEvent(new Event("change"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  // Saves what is not saved; one request at a time. Answers when everything is, or throws.
  async save() {
    clearTimeout(this.timer);
    if (this.saving) await this.saving.catch(() => {});
    if (this.state === "saved" || this.state === "conflict") return;
    this.saving = this.send();
    try {
      await this.saving;
    } finally {
      this.saving = null;
    }
  }

  async send() {
    const sent = JSON.stringify(this.recipe);
    this.tell("saving");
    try {
      const saved = await ask(this.url, { method: "PUT", body: { ...JSON.parse(sent), stamp: this.stamp } });
      this.stamp = saved.stamp;
      this.tell(JSON.stringify(this.recipe) === sent ? "saved" : "unsaved");
    } catch (error) {
      this.tell(error.code === "draft_changed" ? "conflict" : "failed", error);
    }
  }

  tell(state, error = null) {
    this.state = state;
    this.error = error;
    this.dispatchEvent(new Event("state"));
  }
}

function withKey(step) {
  last += 1;
  return { kind: step.kind, parameters: step.parameters ?? {}, enabled: step.enabled !== false, note: step.note ?? "", key: `s${last}` };
}

export function plain({ kind, parameters, enabled, note }) {
  const step = { kind, parameters };
  if (!enabled) step.enabled = false;
  if (note) step.note = note;
  return step;
}
