// The head of a column of a table: its name sorts, its small histogram opens what is known of it.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";
import { smallBars } from "./small-bars.js";

export class TableHead {
  init(params) {
    this.params = params;
    const { column, table } = params;
    this.name = element("button", { type: "button", class: "column-head-name", tabindex: "-1", title: `${column.name} (${column.native})` }, element("span", { class: "truncate" }, column.name));
    if (table.sortBy) this.name.addEventListener("click", () => table.sortBy(column.name));
    this.line = element("div", { class: "column-head-line" }, this.name, element("span", { class: "column-head-type" }, column.type));
    this.gui = element("div", { class: "column-head" }, this.line);
    this.showOrder();
    this.showSketch();
  }

  getGui() {
    return this.gui;
  }

  refresh(params) {
    if (params.column !== this.params.column) return false;
    this.params = params;
    this.showOrder();
    this.showSketch();
    return true;
  }

  showOrder() {
    const { column, table, eGridHeader } = this.params;
    const order = table.order?.column === column.name ? table.order : null;
    this.name.querySelector(".icon")?.remove();
    eGridHeader?.setAttribute("aria-sort", order ? (order.descending ? "descending" : "ascending") : "none");
    if (order) this.name.append(icon(order.descending ? "arrow-down" : "arrow-up", "icon-sm"));
  }

  showSketch() {
    const { column, table } = this.params;
    const sketch = table.sketchOf?.(column.name);
    if (!table.sketchOf || (this.sketch && this.sketch === sketch)) return;
    this.sketch = sketch;
    this.bars?.remove();
    this.note?.remove();
    const drawn = sketch && smallBars(sketch);
    this.bars = element("button", { type: "button", class: "column-head-bars", tabindex: "-1", "aria-label": `What is in ${column.name}`, title: "What is in this column", onclick: () => table.openColumn(column.name) }, drawn ?? "");
    this.note = element("div", { class: "column-head-note" });
    if (sketch) this.fillNote(sketch);
    this.gui.append(this.bars, this.note);
  }

  fillNote(sketch) {
    const total = (sketch.count ?? 0) + (sketch.missing ?? 0);
    if (sketch.missing) {
      const share = (100 * sketch.missing) / total;
      this.note.append(element("span", { class: "is-missing" }, `${share < 1 ? "<1" : Math.round(share)} % missing`), " · ");
    }
    if (sketch.distinct !== null && sketch.distinct !== undefined) this.note.append(`${sketch.distinct.toLocaleString("en")} distinct`);
  }

  destroy() {}
}
