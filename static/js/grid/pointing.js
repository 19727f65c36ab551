// What follows the pointer and the clock: full values, the pin, the run that is pointed at here or in a chart.
import { pinButton, titleOf } from "./cells.js";
import { NAME } from "./columns.js";

export const pointing = {
  // What only the pointer needs is made when it comes: the full value, the pin.
  pointed({ data, event, value, column }) {
    this.hover(data?.kind === "run" ? data.id : null);
    const cell = event?.target?.closest?.(".ag-cell");
    const spec = column?.getColId() ?? "";
    if (cell && spec.includes(":") && spec !== NAME) cell.title = titleOf(spec, value);
    const index = cell?.closest("[row-index]")?.getAttribute("row-index");
    const line = index && this.root.querySelector(`[row-index="${index}"] .grid-name`);
    if (line && data?.kind === "run" && !line.querySelector(".grid-pin")) line.append(pinButton(data, false));
  },

  hover(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.send("grid-hover", { id });
  },

  // Times say how long ago: they grow older while the page is open.
  tick() {
    const columns = this.columnSpecs().filter((spec) => /^attribute:(started|created|ended)$/.test(spec));
    if (columns.length && document.visibilityState === "visible") this.api.refreshCells({ force: true, columns });
  },

  highlight(id) {
    for (const row of this.root.querySelectorAll(".is-highlighted")) row.classList.remove("is-highlighted");
    if (!id) return;
    const node = this.loaded().find((one) => one.data.id === id);
    if (node) this.root.querySelectorAll(`[row-index="${node.rowIndex}"]`).forEach((row) => row.classList.add("is-highlighted"));
  },
};
