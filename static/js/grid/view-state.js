// What the person has set over the page: kept in the address, undone and redone, saved as a view.
// The fields are those of runs/grid/state.py; a field that is missing has its usual value.

const LONGEST = 1800; // characters of a query string; longer states are kept on the server under a short id
const STEPS = 100;
const REPEATED = { sort: "order", group: "group", heat: "heat", pin: "pinned", hide: "hidden", open: "open", close: "closed" };
const FLAGS = { archived: "archived", tree: "tree", diff: "differences" };
const WORDS = { q: "filter", density: "density", baseline: "baseline", pane: "pane" };
const COLUMN = /^(.*)~(\d*)~(left|right|)$/s;

export class ViewState extends EventTarget {
  constructor(state, { view = null, viewState = null } = {}) {
    super();
    this.now = clean(state);
    this.view = view; // the saved view it began from
    this.viewState = viewState ? clean(viewState) : null;
    this.past = [];
    this.future = [];
  }

  get(name) {
    return this.now[name];
  }

  // Several fields at once are one step of undo.
  set(changes, { quiet = false } = {}) {
    const next = clean({ ...this.now, ...changes });
    if (same(next, this.now)) return;
    if (!quiet) {
      this.past.push(this.now);
      if (this.past.length > STEPS) this.past.shift();
      this.future = [];
    }
    this.become(next);
  }

  undo() {
    if (!this.past.length) return false;
    this.future.push(this.now);
    this.become(this.past.pop());
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past.push(this.now);
    this.become(this.future.pop());
    return true;
  }

  become(next) {
    const before = this.now;
    this.now = next;
    this.dispatchEvent(new CustomEvent("change", { detail: { before, now: next } }));
  }

  get isModified() {
    return this.viewState !== null && !same(this.now, this.viewState);
  }

  // The page's address for this state; null when it is too long for one.
  query() {
    if (this.view && !this.isModified) return new URLSearchParams({ view: this.view.id });
    const query = toQuery(this.now);
    if (this.view) query.set("from", this.view.id);
    return query.toString().length > LONGEST ? null : query;
  }
}

function clean(state) {
  const found = {};
  for (const [name, value] of Object.entries(state ?? {})) {
    if (name === "version" || value === undefined || value === null || value === false || value === "") continue;
    if (Array.isArray(value) && !value.length && name !== "columns") continue;
    if (typeof value === "object" && !Array.isArray(value) && !Object.keys(value).some((key) => key !== "version")) continue;
    found[name] = value;
  }
  return found;
}

function toQuery(state) {
  const query = new URLSearchParams();
  for (const [short, name] of Object.entries(WORDS)) if (state[name]) query.set(short, state[name]);
  for (const [short, name] of Object.entries(FLAGS)) if (state[name]) query.set(short, "1");
  for (const [short, name] of Object.entries(REPEATED)) for (const one of state[name] ?? []) query.append(short, one);
  for (const one of state.columns ?? []) query.append("columns", columnText(one));
  if (state.columns && !state.columns.length) query.append("columns", "");
  if (state.charts) query.set("charts", JSON.stringify(state.charts));
  return query;
}

function columnText({ column, width, pin }) {
  return width || pin || COLUMN.test(column) ? `${column}~${width ?? ""}~${pin ?? ""}` : column;
}

export function same(one, other) {
  return stable(one) === stable(other);
}

function stable(value) {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
