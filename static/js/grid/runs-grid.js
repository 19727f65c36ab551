// <runs-grid data-config="ID of a JSON script">: the table of runs. The rows live on the server: a window holds the ids
// a question has found, and the grid asks for the blocks it shows.
//
// For others on the page (the charts beside the table):
//   grid-selection  { ids, all, query }     grid-hover { id | null }     grid-visibility { hidden }
//   grid-state      { state, query }        whenever filter, order, grouping, columns … change
//   element.query, element.state, element.setCharts(object), element.highlight(id | null)
import { createGrid } from "../../vendor/ag-grid/ag-grid.js";
import { around } from "./around.js";
import { isNarrow, definitions, NAME } from "./columns.js";
import { closeColumnMenu } from "./column-menu.js";
import { bindEditing } from "./editing.js";
import { addsColumns, keeping } from "./keeping.js";
import { bindKeys } from "./keys.js";
import { bindLive } from "./refreshing.js";
import { BlockQueue } from "./blocks.js";
import { pointing } from "./pointing.js";
import { pressing } from "./pressing.js";
import { bindToolbar } from "./toolbar.js";
import { openRowMenu } from "./row-menu.js";
import { scrolling } from "./scrolling.js";
import { Selection } from "./selection.js";
import { ask, fail, ServerError } from "./server.js";
import { ViewState } from "./view-state.js";

const BLOCK = 100;
const ROWS = { compact: 28, default: 32, comfortable: 40 };
const QUESTION = ["filter", "archived", "order", "group", "tree", "open", "closed"];

class RunsGrid extends HTMLElement {
  connectedCallback() {
    if (this.api) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.can = this.config.can;
    this.urls = this.config.urls;
    this.states = new ViewState(this.config.state, { view: this.config.view, viewState: this.config.view_state });
    this.selected = new Selection(this);
    this.window = this.config.first?.window ?? "";
    this.runs = this.config.first?.runs ?? 0;
    this.count = this.config.first?.rows ?? 0;
    this.alike = new Set();
    this.ranges = {};
    this.blocks = new BlockQueue((from, to) => this.isOnScreen(from, to));
    this.pending = 0;
    this.states.addEventListener("change", (event) => this.changed(event.detail));
    this.make();
    bindToolbar(this);
    bindEditing(this);
    bindKeys(this);
    bindLive(this);
    window.addEventListener("resize", () => this.fit());
    setInterval(() => this.tick(), 30000);
    if (this.config.problem) this.showProblem(new ServerError(this.config.problem, 400));
    else this.look();
    this.tell();
    // A table without rows is never asked for any, so nothing else would say it.
    if (this.config.first) this.showEmptiness();
  }

  make() {
    this.root = document.createElement("div");
    this.root.className = "ag-theme-quartz grid-root";
    this.append(this.root);
    this.narrow = isNarrow();
    this.api = createGrid(this.root, {
      theme: "legacy",
      columnDefs: this.columnDefinitions(),
      context: this.context(),
      rowModelType: "infinite",
      datasource: { rowCount: undefined, getRows: (params) => this.getRows(params) },
      cacheBlockSize: BLOCK,
      maxBlocksInCache: 16,
      maxConcurrentDatasourceRequests: -1,
      // Rows that come with the page are drawn once, when they are handed over, and not as empty ones before.
      infiniteInitialRowCount: this.hasFirst(this.columnSpecs()) ? Math.min(1, this.count) : this.count,
      rowBuffer: 4,
      suppressAnimationFrame: true, // rows are drawn where they are, not a frame later when they have passed
      rowHeight: this.rowHeight(),
      headerHeight: 34,
      animateRows: false,
      suppressCellFocus: false,
      suppressDragLeaveHidesColumns: true,
      suppressMultiSort: true,
      suppressColumnVirtualisation: false,
      preventDefaultOnContextMenu: true,
      stopEditingWhenCellsLoseFocus: true,
      enableCellTextSelection: false,
      cellFlashDuration: 600,
      cellFadeDuration: 0,
      suppressNoRowsOverlay: true,
      rowClassRules: {
        "is-selected": ({ data }) => Boolean(data) && this.selected.has(data.id),
        "is-group": ({ data }) => data?.kind === "group",
        "is-context": ({ data }) => Boolean(data?.context),
        "is-hidden-run": ({ data }) => Boolean(data) && this.isHidden(data.id),
      },
      onBodyScroll: ({ direction }) => direction === "vertical" && this.moved(),
      onBodyScrollEnd: () => this.rest(),
      onCellContextMenu: (event) => openRowMenu(this, event),
      onCellMouseOver: (event) => this.pointed(event),
      onCellMouseOut: () => this.hover(null),
      onColumnResized: (event) => event.finished && event.source === "uiColumnResized" && this.keepColumns(),
      onColumnMoved: (event) => event.finished && event.source.startsWith("ui") && this.keepColumns(),
      onColumnPinned: (event) => event.source.startsWith("ui") && this.keepColumns(),
    });
    this.root.addEventListener("click", (event) => this.onClick(event));
    this.root.querySelector("[role=grid], [role=treegrid]")?.setAttribute("aria-label", "Runs");
    this.bindScrolling();
    this.loadPinned();
  }

  context() {
    return {
      outlined: (node) => (node && !node.rowPinned ? this.outline?.at(node.rowIndex) : undefined),
      isSelected: (id) => this.selected.has(id),
      isHidden: (id) => this.isHidden(id),
      isPinned: (id) => (this.states.get("pinned") ?? []).includes(id),
      isBaseline: (id) => this.states.get("baseline") === id,
      isNested: () => Boolean(this.states.get("tree") || this.states.get("group")),
      groupColumn: (depth) => this.states.get("group")?.[depth] ?? ":",
      runUrl: (id) => this.urls.run.replace("RUN", id),
      selectAll: (on) => this.selected.setAll(on),
      selection: () => ({ all: this.selected.all, some: this.selected.size > 0 }),
    };
  }

  // --- the question -------------------------------------------------------------------------------------------------

  get state() {
    return this.states.now;
  }

  get query() {
    const now = this.states.now;
    const found = { experiment: this.config.experiment };
    for (const name of QUESTION) if (now[name] !== undefined) found[name] = now[name];
    return found;
  }

  columns() {
    return this.states.get("columns") ?? this.config.usual.map((column) => ({ column }));
  }

  columnSpecs() {
    return this.columns().map((one) => one.column).filter((spec) => spec !== NAME);
  }

  columnDefinitions() {
    const hide = this.states.get("differences") ? this.alike : new Set();
    return definitions(this, this.columns(), hide);
  }

  // --- rows ---------------------------------------------------------------------------------------------------------

  getRows(params) {
    const first = this.takeFirst(params.startRow, this.columnSpecs());
    if (!first) {
      this.blocks.add(params, () => this.loadBlock(params));
      return;
    }
    params.successCallback(first, this.count);
    this.showEmptiness();
  }

  async loadBlock({ startRow, endRow, successCallback, failCallback }) {
    const specs = this.columnSpecs();
    const asked = this.window;
    try {
      const answer = await ask(this.urls.rows, { method: "POST", body: { query: this.query, window: this.window, start: startRow, end: endRow, columns: specs } });
      if (asked === this.window) this.took(answer);
      successCallback(this.withValues(answer.results, specs), answer.rows);
      this.hideProblem();
    } catch (error) {
      failCallback();
      this.showProblem(error);
    }
    this.showEmptiness();
  }

  // The first block came with the page.
  takeFirst(startRow, specs) {
    if (startRow !== 0 || !this.hasFirst(specs)) return null;
    const { results } = this.config.first;
    delete this.config.first;
    return this.withValues(results, specs);
  }

  hasFirst(specs) {
    const { first } = this.config;
    return Boolean(first?.results) && first.columns.join() === specs.join();
  }

  withValues(rows, specs) {
    for (const row of rows) {
      if (!row.cells) continue;
      row.values = Object.fromEntries(specs.map((spec, at) => [spec, row.cells[at]]));
      delete row.cells;
    }
    return rows;
  }

  took({ window: key, runs, rows }) {
    this.window = key;
    this.runs = runs;
    this.count = rows;
    this.showCount();
  }

  // A new answer to the question; `fold` keeps the runs there were and lays them out anew.
  async reopen({ fold = false } = {}) {
    const turn = (this.pending += 1);
    this.classList.add("is-loading");
    try {
      const answer = await ask(this.urls.window, { method: "POST", body: { query: this.query, base: fold ? this.window : "" } });
      if (turn !== this.pending) return;
      this.hideProblem();
      this.took(answer);
      if (fold) {
        this.outline.forget();
        this.api.setRowCount(answer.rows, true);
        this.api.refreshInfiniteCache();
      } else {
        this.selected.drop();
        this.blocks.clear();
        this.outline.forget();
        this.api.setGridOption("infiniteInitialRowCount", answer.rows);
        this.api.setGridOption("datasource", { getRows: (params) => this.getRows(params) });
        if (answer.rows) this.api.ensureIndexVisible(0, "top");
        this.look();
      }
      this.setFresh(0);
    } catch (error) {
      if (turn === this.pending) this.showProblem(error);
    } finally {
      if (turn === this.pending) this.classList.remove("is-loading");
      this.showEmptiness();
    }
  }

  // What only all runs together can say: which columns differ, and what a shading goes between.
  async look() {
    const heated = this.states.get("heat") ?? [];
    const wantsAlike = this.states.get("differences");
    if (!wantsAlike && !heated.length) return;
    const specs = wantsAlike ? this.columnSpecs() : heated;
    try {
      const { alike, ranges } = await ask(this.urls.look, { method: "POST", body: { query: this.query, window: this.window, columns: specs } });
      this.alike = new Set(alike.filter((spec) => spec !== NAME));
      this.ranges = ranges;
      this.api.setGridOption("columnDefs", this.columnDefinitions());
      this.api.refreshCells({ force: true });
      this.showCount();
    } catch (error) {
      fail(error);
    }
  }

  async rowsById(ids, specs = this.columnSpecs()) {
    const answer = await ask(this.urls.rows, { method: "POST", body: { query: this.query, window: this.window, ids, columns: specs } });
    return { ...answer, results: this.withValues(answer.results, specs) };
  }

  async loadPinned() {
    const ids = this.states.get("pinned") ?? [];
    if (!ids.length) {
      if (this.api.getPinnedTopRowCount()) this.api.setGridOption("pinnedTopRowData", []); // it draws every row anew
      return;
    }
    try {
      const { results } = await this.rowsById(ids.slice(0, 20));
      this.api.setGridOption("pinnedTopRowData", results);
    } catch (error) {
      fail(error);
    }
  }

  // --- changes ------------------------------------------------------------------------------------------------------

  changed({ before, now }) {
    const differs = (...names) => names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
    if (differs("density")) this.setDensity();
    if (differs("columns", "group")) {
      this.api.setGridOption("columnDefs", this.columnDefinitions());
      if (addsColumns(before, now, this.config.usual)) this.api.refreshInfiniteCache();
    }
    if (differs("filter", "archived", "order", "group", "tree")) this.reopen();
    else if (differs("open", "closed")) this.reopen({ fold: true });
    else if (differs("differences", "heat", "columns")) this.relook();
    if (differs("pinned", "columns")) this.loadPinned();
    if (differs("pinned", "baseline")) this.api.refreshCells({ force: true, columns: [NAME] });
    if (differs("hidden")) this.showHidden();
    if (differs("order")) this.api.refreshHeader();
    this.writeAddress();
    this.tell();
  }

  relook() {
    if (!this.states.get("differences")) this.alike = new Set();
    this.api.setGridOption("columnDefs", this.columnDefinitions());
    this.api.refreshCells({ force: true });
    this.look();
  }

  setDensity() {
    const density = this.states.get("density") ?? this.config.density;
    document.documentElement.dataset.density = density;
    this.api.setGridOption("rowHeight", this.rowHeight());
    this.api.resetRowHeights();
  }

  rowHeight() {
    return ROWS[this.states.get("density") ?? this.config.density] ?? ROWS.default;
  }

  showHidden() {
    this.api.redrawRows();
    this.send("grid-visibility", { hidden: this.states.get("hidden") ?? [] });
  }

  tell() {
    this.send("grid-state", { state: this.states.now, query: this.query });
    this.showCount();
  }

  send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  setCharts(charts) {
    this.states.set({ charts });
  }

  fit() {
    closeColumnMenu();
    if (isNarrow() === this.narrow) return;
    this.narrow = isNarrow();
    this.api.setGridOption("columnDefs", this.columnDefinitions());
  }
}

Object.assign(RunsGrid.prototype, around, keeping, pointing, pressing, scrolling);
customElements.define("runs-grid", RunsGrid);
