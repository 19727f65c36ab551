// What is pressed in the table: the heads that sort, the boxes, eyes, pins and twists of the rows.
import { columnMenu } from "./column-menu.js";

export const pressing = {
  orderOf(spec) {
    const order = this.states.get("order") ?? [];
    const at = order.findIndex((one) => one.replace(/^-/, "") === spec);
    return { at, descending: at >= 0 && order[at].startsWith("-"), count: order.length };
  },

  sortBy(spec, add = false, descending = undefined) {
    const order = [...(this.states.get("order") ?? [])];
    const { at, descending: was } = this.orderOf(spec);
    // The largest first, then the smallest, then as it was.
    const next = descending === undefined ? (at < 0 ? `-${spec}` : was ? spec : null) : descending ? `-${spec}` : spec;
    const others = add ? order : [];
    if (at >= 0 && add) others.splice(at, 1, ...(next ? [next] : []));
    else if (next) others.push(next);
    this.states.set({ order: others.slice(0, 5) });
  },

  openColumnMenu(spec, button) {
    columnMenu(this, spec, button);
  },

  onClick(event) {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    const node = this.nodeOf(button);
    if (!node?.data) return;
    const { action } = button.dataset;
    if (action === "select") this.selected.toggle(node, event.shiftKey);
    if (action === "toggle") this.fold(node.data);
    if (action === "eye") this.flip("hidden", node.data.id);
    if (action === "pin") this.flip("pinned", node.data.id);
  },

  nodeOf(target) {
    const row = target.closest("[row-index]");
    const index = row?.getAttribute("row-index") ?? "";
    return index.startsWith("t-") ? this.api.getPinnedTopRow(Number(index.slice(2))) : this.api.getDisplayedRowAtIndex(Number(index));
  },

  // Adds the word to the list of this name in the state, or takes it out.
  flip(name, word) {
    const list = this.states.get(name) ?? [];
    this.states.set({ [name]: list.includes(word) ? list.filter((one) => one !== word) : [...list, word] });
  },

  fold(data) {
    const opened = this.states.get("open") ?? [];
    const closed = this.states.get("closed") ?? [];
    if (data.open) this.states.set({ open: opened.filter((one) => one !== data.id), closed: data.context ? [...closed, data.id] : closed }, { quiet: true });
    else this.states.set({ open: data.context ? opened : [...opened, data.id], closed: closed.filter((one) => one !== data.id) }, { quiet: true });
  },

  isHidden(id) {
    return (this.states.get("hidden") ?? []).includes(id);
  },

  isHeated(spec) {
    return (this.states.get("heat") ?? []).includes(spec);
  },
};
