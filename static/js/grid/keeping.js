// What stays of a table: the columns as people set them up, and the address that leads here again.
import { NAME } from "./columns.js";
import { ask, fail } from "./server.js";

// Whether a state shows a column that the one before it did not: its values have not been asked for.
export function addsColumns(before, now, usual) {
  const had = new Set((before.columns ?? usual.map((column) => ({ column }))).map((one) => one.column));
  return (now.columns ?? usual.map((column) => ({ column }))).some((one) => !had.has(one.column));
}

export const keeping = {
  // The rows that are here.
  loaded() {
    const found = [];
    this.api.forEachNode((node) => node.data && found.push(node));
    return found;
  },

  // The widths and places people gave the columns.
  keepColumns() {
    if (this.narrow) return;
    const shown = this.api.getColumnState().filter(({ colId }) => colId.includes(":"));
    const known = new Set(shown.map(({ colId }) => colId));
    const kept = new Map(this.columns().map((one) => [one.column, one]));
    const columns = shown.map(({ colId, width, pinned }) => {
      const standard = this.api.getColumnDef(colId)?.width;
      const pin = colId === NAME ? null : pinned;
      const isSet = kept.get(colId)?.width !== undefined || width !== standard;
      return { column: colId, ...(isSet ? { width: Math.round(width) } : {}), ...(pin ? { pin } : {}) };
    });
    const unseen = this.columns().filter((one) => !known.has(one.column));
    this.states.set({ columns: [...columns, ...unseen] });
  },

  async writeAddress() {
    let query = this.states.query();
    if (query === null) {
      try {
        const kept = await ask(this.urls.views, { method: "POST", body: { scope: "link", experiment: this.config.experiment, state: this.states.now } });
        query = new URLSearchParams({ view: kept.id });
      } catch (error) {
        fail(error);
        return;
      }
    }
    const text = query.toString();
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
  },
};
