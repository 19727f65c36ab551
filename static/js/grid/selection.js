// Which runs are selected: some by id, or all that match.

export class Selection {
  constructor(grid) {
    this.grid = grid;
    this.ids = new Map(); // id → what is known of the run
    this.all = false;
    this.last = null;
  }

  get size() {
    return this.all ? this.grid.runs : this.ids.size;
  }

  has(id) {
    return this.all || this.ids.has(id);
  }

  // With Shift everything between this row and the one before it that is loaded.
  toggle(node, isRange = false) {
    if (this.all) {
      // From all to what is loaded less this one: what is not seen is not meant any more.
      this.all = false;
      for (const one of this.grid.loaded()) if (one.data.kind === "run") this.ids.set(one.data.id, one.data);
    }
    const on = !this.ids.has(node.data.id);
    const rows = isRange && this.last !== null ? this.between(this.last, node.rowIndex) : [node];
    for (const { data } of rows) {
      if (data?.kind !== "run") continue;
      if (on) this.ids.set(data.id, data);
      else this.ids.delete(data.id);
    }
    this.last = node.rowIndex;
    this.show(rows);
  }

  between(from, to) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    return this.grid.loaded().filter(({ rowIndex }) => rowIndex >= low && rowIndex <= high);
  }

  setAll(on) {
    this.all = on && this.grid.runs > 0;
    if (!on) this.ids.clear();
    this.show();
  }

  drop() {
    this.ids.clear();
    this.all = false;
    this.last = null;
    this.show();
  }

  show(rows = undefined) {
    const { api } = this.grid;
    const nodes = rows?.filter((row) => row.rowIndex !== null && !row.rowPinned);
    api.redrawRows(nodes ? { rowNodes: nodes } : undefined);
    api.refreshHeader();
    this.grid.send("grid-selection", { ids: [...this.ids.keys()], all: this.all, query: this.grid.query, runs: this.size });
  }
}
