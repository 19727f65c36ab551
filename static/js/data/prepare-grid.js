// The sample in AG Grid: rows as the steps leave them, new columns that are typed into, marks of rows to keep or drop.
import { createGrid } from "../../vendor/ag-grid/ag-grid.js";
import { element } from "../run/dom.js";
import { PrepareHead } from "./prepare-head.js";

const HEIGHTS = { compact: 28, default: 32, comfortable: 40 };
const WIDTHS = { integer: 120, number: 130, boolean: 110, date: 130, datetime: 190, list: 240, other: 240 };
const NUMBERS = new Set(["integer", "number"]);
const DIGITS = 7;

export class PrepareGrid {
  constructor(place, { canEdit, actionsOf }) {
    Object.assign(this, { place, canEdit, actionsOf, extras: [], marks: null, table: null });
  }

  // `table` is the answer of a preview.
  show(table) {
    this.table = table;
    if (!this.api) {
      this.make();
      return;
    }
    this.api.setGridOption("columnDefs", this.definitions());
    this.api.setGridOption("datasource", this.datasource());
  }

  // Columns that are not in the table yet: `{name, values, shown: Map, doubts: Set, edit(row, text)}`.
  setExtras(extras) {
    this.extras = extras;
    this.api?.setGridOption("columnDefs", this.definitions());
    this.api?.refreshCells({ force: true });
  }

  // `{of: Map(row → "keep" | "drop"), kept: [bool] | null, doubts: Set, mark(row, word)}`, or null.
  setMarks(marks) {
    const hadMarks = Boolean(this.marks);
    this.marks = marks;
    if (hadMarks !== Boolean(marks)) this.api?.setGridOption("columnDefs", this.definitions());
    this.refresh();
  }

  refresh() {
    this.api?.refreshCells({ force: true });
    if (this.marks || this.hadMarks) this.api?.redrawRows();
    this.hadMarks = Boolean(this.marks);
  }

  make() {
    this.place.replaceChildren();
    this.root = element("div", { class: "ag-theme-quartz" });
    this.place.append(this.root);
    this.api = createGrid(this.root, {
      theme: "legacy",
      rowModelType: "infinite",
      cacheBlockSize: 200,
      columnDefs: this.definitions(),
      datasource: this.datasource(),
      rowHeight: HEIGHTS[document.documentElement.dataset.userDensity] ?? HEIGHTS.default,
      headerHeight: 84,
      animateRows: false,
      suppressAnimationFrame: true,
      suppressDragLeaveHidesColumns: true,
      suppressNoRowsOverlay: true,
      suppressMovableColumns: true,
      enableCellTextSelection: true,
      stopEditingWhenCellsLoseFocus: true,
      enterNavigatesVerticallyAfterEdit: true,
      rowClassRules: { "row-dropped": ({ rowIndex }) => this.marks?.kept?.[rowIndex] === false },
    });
    this.root.querySelector("[role=grid]")?.setAttribute("aria-label", "Sample");
    this.root.addEventListener("keydown", (event) => this.headKey(event));
  }

  // Enter on the head of a column opens its menu.
  headKey(event) {
    const head = event.target.closest?.(".ag-header-cell");
    if (!head || event.target !== head || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    head.querySelector(".column-head-name")?.click();
  }

  datasource() {
    const { rows } = this.table;
    return { rowCount: rows.length, getRows: ({ startRow, endRow, successCallback }) => successCallback(rows.slice(startRow, endRow), rows.length) };
  }

  definitions() {
    const narrow = matchMedia("(width < 720px)").matches;
    const numbers = { colId: "#", headerName: "#", width: 64, pinned: narrow ? null : "left", resizable: false, cellClass: "grid-number cell-count", valueGetter: ({ node }) => (node?.rowIndex ?? 0) + 1, valueFormatter: ({ value }) => value.toLocaleString("en") };
    const marks = this.marks ? [{ colId: "marks", headerName: "Keep or drop", width: 110, pinned: "left", resizable: false, cellRenderer: ({ node }) => this.markButtons(node.rowIndex), cellClass: ({ node }) => (this.marks?.doubts.has(node.rowIndex) ? "cell-doubt" : "") }] : [];
    return [numbers, ...marks, ...this.table.columns.map((column, at) => this.definition(column, at)), ...this.extras.map((extra, at) => this.extra(extra, at, narrow))];
  }

  definition(column, at) {
    const isNumber = NUMBERS.has(column.type);
    return {
      colId: `c${at}:${column.name}`,
      headerName: column.name,
      width: Math.max(WIDTHS[column.type] ?? 170, Math.min(260, 84 + 8 * column.name.length)),
      headerComponent: PrepareHead,
      headerComponentParams: { column, grid: this, sketch: this.table.sketches[at] },
      valueGetter: ({ data }) => data?.[at],
      cellRenderer: ({ value, data }) => cell(value, data, column.type),
      cellClass: ({ value, data }) => `${isNumber ? "grid-number " : ""}${data && value === null ? "cell-none" : ""}`,
    };
  }

  extra(extra, at, narrow) {
    return {
      colId: `new${at}`,
      headerName: extra.name,
      width: narrow ? 150 : 200,
      pinned: "right",
      editable: true,
      singleClickEdit: true,
      headerComponent: PrepareHead,
      headerComponentParams: { column: { name: extra.name, type: "text" }, grid: this, isNew: true },
      valueGetter: ({ node }) => this.extraValue(at, node?.rowIndex),
      valueSetter: ({ node, newValue, oldValue }) => {
        if ((newValue ?? "") === (oldValue ?? "")) return false;
        this.extras[at].edit(node.rowIndex, newValue ?? "");
        return true;
      },
      cellRenderer: ({ value, data }) => cell(value ?? null, data, "text", ""),
      cellClass: ({ node }) => this.extraClass(at, node?.rowIndex),
    };
  }

  extraValue(at, row) {
    const extra = this.extras[at];
    return extra?.shown.get(row) ?? extra?.values[row] ?? null;
  }

  extraClass(at, row) {
    const extra = this.extras[at];
    if (!extra) return "";
    return `cell-new${extra.shown.has(row) ? " cell-shown" : extra.doubts.has(row) ? " cell-doubt" : ""}`;
  }

  markButtons(row) {
    const word = this.marks?.of.get(row);
    const button = (name, symbol) => {
      const made = element("button", { type: "button", class: `mark mark-${name}`, tabindex: "-1", "aria-pressed": String(word === name), "aria-label": `${name === "keep" ? "Keep" : "Drop"} rows like row ${row + 1}`, title: name === "keep" ? "Keep rows like this" : "Drop rows like this" }, symbol);
      made.addEventListener("click", () => this.marks.mark(row, word === name ? null : name));
      return made;
    };
    return element("span", { class: "marks" }, button("keep", "✓"), button("drop", "✕"));
  }

  // Brings a row and the first new column into view and begins to type there.
  edit(row = 0, at = 0) {
    this.api.ensureIndexVisible(row);
    this.api.setFocusedCell(row, `new${at}`);
    this.api.startEditingCell({ rowIndex: row, colKey: `new${at}` });
  }

  reveal(row) {
    this.api.ensureIndexVisible(row, "middle");
  }

  revealColumn(name) {
    const at = this.table.columns.findIndex((column) => column.name === name);
    if (at >= 0) this.api.ensureColumnVisible(`c${at}:${name}`, "end");
  }

  stop() {
    this.api?.stopEditing();
  }
}

// A missing value is told from an empty text; a number with many digits is exact in its title.
function cell(value, data, type, none = "missing") {
  if (!data) return element("span", { class: "grid-skeleton" });
  if (value === null || value === undefined) return element("span", { class: "grid-cell" }, none);
  const exact = value === "" ? "(empty)" : String(value);
  const text = type === "number" && typeof value === "number" ? String(Number(value.toPrecision(DIGITS))) : exact;
  return element("span", { class: "grid-cell", title: exact.length > 24 || text !== exact ? exact : null }, text);
}
