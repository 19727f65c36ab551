// The door to the runs table beside: what is hovered, hidden or searched there shows here, and the other way round.

const EMPTY = new Set();

export class GridDoor {
  constructor(board, signal) {
    this.board = board;
    this.hidden = EMPTY;
    this.isFollowing = "follow" in board.dataset;
    if (!this.isFollowing) return;
    const on = (name, work) => document.body.addEventListener(name, (event) => work(event.detail ?? {}), { signal });
    on("grid-hover", ({ id }) => board.focus(id ?? "", false));
    on("grid-visibility", ({ hidden }) => this.hide(hidden ?? []));
    on("grid-state", ({ state }) => this.follow(state ?? {}));
    this.asked = this.questionOf(this.table?.states?.now ?? {});
    this.hidden = new Set(this.table?.states?.get("hidden") ?? []);
  }

  get table() {
    return document.querySelector("runs-grid");
  }

  // What is set over the charts, as the table keeps it with the rest of the page.
  get kept() {
    return this.table?.states?.get("charts");
  }

  keep(kept) {
    this.table?.setCharts(kept);
  }

  hides(id) {
    return this.hidden.has(id);
  }

  hide(hidden) {
    this.hidden = new Set(hidden);
    this.board.redraw();
  }

  // Another filter or order finds other runs.
  follow(state) {
    const asked = this.questionOf(state);
    if (asked === this.asked) return;
    this.asked = asked;
    const query = new URLSearchParams(this.board.query);
    for (const name of ["filter", "order"]) query.delete(name);
    for (const [name, value] of new URLSearchParams(asked)) query.append(name, value);
    this.board.query = query.toString();
    this.board.load().then(() => this.board.refetch());
  }

  questionOf({ filter, order }) {
    const query = new URLSearchParams();
    if (filter) query.set("filter", filter);
    for (const one of order ?? []) query.append("order", one);
    return query.toString();
  }

  point(id) {
    this.table?.highlight?.(id || null);
  }

  // A run that is hidden in the legend loses its eye in the table.
  tell(hidden) {
    this.hidden = new Set(hidden);
    this.table?.states?.set({ hidden });
  }
}
