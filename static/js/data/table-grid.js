// Rows of a table in AG Grid: either all at hand (`show`) or asked for block by block (`open`).
import { createGrid } from "../../vendor/ag-grid/ag-grid.js";
import { element } from "../run/dom.js";
import { TableHead } from "./column-head.js";

const BLOCK = 200;
const DIGITS = 9;
const ROWS = { compact: 28, default: 32, comfortable: 40 };
const WIDTHS = { int: 120, float: 130, boolean: 100, date: 120, datetime: 180, string: 180, nested: 240 };
const NUMBERS = new Set(["int", "float"]);

export class TableGrid {
  constructor(place, { label, sketchOf, openColumn, sortBy } = {}) {
    Object.assign(this, { place, label, sketchOf, openColumn });
    this.sortBy = sortBy ? (name) => this.sorted(name, sortBy) : null;
    this.order = null;
    this.columns = [];
  }

  // `load(start, end)` answers {columns, rows, row_count, has_more}; the first block is at hand.
  open(first, load) {
    this.take(first.columns);
    let waiting = first;
    const datasource = {
      getRows: async ({ startRow, endRow, successCallback, failCallback }) => {
        try {
          const answer = waiting && startRow === 0 ? waiting : await load(startRow, endRow);
          waiting = null;
          const last = answer.row_count ?? (answer.has_more ? -1 : startRow + answer.rows.length);
          successCallback(answer.rows, last);
        } catch {
          failCallback();
        }
      },
    };
    this.make({ datasource, infiniteInitialRowCount: Math.max(1, Math.min(first.row_count ?? BLOCK, BLOCK)) });
  }

  show(answer) {
    this.open({ ...answer, row_count: answer.rows.length }, async () => ({ rows: [], row_count: answer.rows.length }));
  }

  take(columns) {
    this.columns = columns;
  }

  make(options) {
    this.api?.destroy();
    this.root?.remove();
    this.root = element("div", { class: "ag-theme-quartz" });
    this.place.append(this.root);
    const density = document.documentElement.dataset.userDensity;
    this.api = createGrid(this.root, {
      theme: "legacy",
      rowModelType: "infinite",
      cacheBlockSize: BLOCK,
      maxBlocksInCache: 20,
      maxConcurrentDatasourceRequests: 2,
      blockLoadDebounceMillis: 60,
      columnDefs: this.definitions(),
      rowHeight: ROWS[density] ?? ROWS.default,
      headerHeight: this.sketchOf ? 84 : 38,
      animateRows: false,
      suppressAnimationFrame: true,
      suppressDragLeaveHidesColumns: true,
      suppressNoRowsOverlay: true,
      enableCellTextSelection: true,
      ...options,
    });
    this.root.querySelector("[role=grid]")?.setAttribute("aria-label", this.label);
  }

  definitions() {
    const numbers = { colId: "#", headerName: "#", width: 72, pinned: matchMedia("(width < 720px)").matches ? null : "left", resizable: false, suppressMovable: true, cellClass: "grid-number cell-row", valueGetter: ({ node }) => (node?.rowIndex ?? 0) + 1, valueFormatter: ({ value }) => value.toLocaleString("en") };
    return [numbers, ...this.columns.map((column, at) => this.definition(column, at))];
  }

  definition(column, at) {
    const isNumber = NUMBERS.has(column.type);
    return {
      colId: `c${at}`,
      headerName: column.name,
      width: Math.max(WIDTHS[column.type] ?? 160, Math.min(260, 60 + 8 * column.name.length)),
      resizable: true,
      headerComponent: TableHead,
      headerComponentParams: { column, table: this },
      valueGetter: ({ data }) => data?.[at],
      cellRenderer: ({ value, data }) => cell(value, data, column.type),
      cellClass: ({ value, data }) => `${isNumber ? "grid-number " : ""}${data && value === null ? "cell-none " : ""}${column.type === "nested" || column.type === "binary" ? "cell-code" : ""}`,
    };
  }

  sorted(name, sortBy) {
    const before = this.order?.column === name ? this.order : null;
    this.order = !before ? { column: name, descending: false } : before.descending ? null : { column: name, descending: true };
    sortBy(this.order);
  }

  refreshHeads() {
    this.api?.refreshHeader();
  }
}

// A missing value is told from an empty text; a number with many digits is exact in its title.
function cell(value, data, type) {
  if (!data) return element("span", { class: "grid-skeleton" });
  const exact = value === null || value === undefined ? "missing" : value === "" ? "(empty)" : String(value);
  const text = type === "float" && typeof value === "number" ? String(Number(value.toPrecision(DIGITS))) : exact;
  return element("span", { class: "grid-cell", title: exact.length > 24 || text !== exact ? exact : null }, text);
}
