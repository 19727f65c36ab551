// The pane Rows: the first rows or a sample, all or those a condition holds for, in an endless grid.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";
import { showColumn } from "./column-panel.js";
import { TableGrid } from "./table-grid.js";

const BLOCK = 200;
const FETCHING_MS = 3000; // between two looks while a worker brings the files here

export function rowsPane(explore) {
  return new RowsPane(explore);
}

class RowsPane {
  constructor(explore) {
    this.explore = explore;
    this.pane = explore.querySelector("#pane-rows");
    this.form = this.pane.querySelector("[data-filter]");
    this.problem = this.pane.querySelector("[data-problem]");
    this.side = this.pane.querySelector("[data-side]");
    this.place = this.pane.querySelector("[data-grid]");
    this.state = { mode: "first", where: "", seed: 1 };
    this.sketches = new Map();
    this.grid = new TableGrid(this.place, {
      label: "Rows",
      sketchOf: (name) => this.sketches.get(name),
      openColumn: (name) => this.openColumn(name),
      sortBy: () => this.load(),
    });
    this.bind();
  }

  bind() {
    for (const button of this.form.querySelectorAll("[data-mode]")) button.addEventListener("click", () => this.change({ mode: button.dataset.mode }));
    this.form.querySelector("[data-again]").addEventListener("click", () => this.change({ seed: this.state.seed + 1 }));
    this.form.querySelector("[data-clear]").addEventListener("click", () => this.filter(""));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.change({ where: this.form.elements.where.value.trim() });
    });
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.wait();
    this.load();
  }

  // What the export holds: the rows a condition holds for, or all.
  sql() {
    return this.state.where ? `SELECT * FROM data WHERE (\n${this.state.where}\n)` : "";
  }

  filter(where) {
    this.form.elements.where.value = where;
    this.change({ where });
  }

  change(changes) {
    Object.assign(this.state, changes);
    for (const button of this.form.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", button.dataset.mode === this.state.mode);
    this.form.querySelector("[data-again]").hidden = this.state.mode !== "random";
    this.form.querySelector("[data-clear]").hidden = !this.state.where;
    this.load();
  }

  async load() {
    const asked = (this.asked = {});
    try {
      const first = await this.block(0, BLOCK);
      if (asked !== this.asked) return;
      this.fail(null);
      this.explore.tellColumns(first.columns);
      this.grid.open(first, (start, end) => this.block(start, end));
      this.placeholder?.remove();
      this.tellCount(first);
      if (!this.sketches.size) this.sketch();
    } catch (error) {
      if (asked !== this.asked) return;
      this.fail(error);
      if (error.code === "data_being_fetched") setTimeout(() => asked === this.asked && this.load(), FETCHING_MS);
    }
  }

  block(start, end) {
    const { mode, where, seed } = this.state;
    const query = new URLSearchParams({ mode, offset: start, limit: end - start });
    if (where) query.set("where", where);
    if (mode === "random") query.set("seed", seed);
    const { order } = this.grid;
    if (order) query.append("order", `${order.descending ? "-" : ""}${order.column}`);
    return this.explore.ask("rows", { query });
  }

  async sketch() {
    try {
      const found = await this.explore.ask("sketch");
      this.isSample = found.is_sample;
      for (const column of found.columns) this.sketches.set(column.name, column);
      this.grid.refreshHeads();
    } catch {
      // The rows are there; the small histograms are an extra.
    }
  }

  openColumn(name) {
    const column = this.sketches.get(name);
    if (!column) return;
    showColumn(this.side, column, {
      isSample: this.isSample,
      filter: (where) => this.filter(where),
      close: () => {
        this.side.hidden = true;
      },
    });
  }

  async tellCount({ row_count: rows, columns }) {
    const { where, mode } = this.state;
    const asked = this.asked;
    const what = mode === "random" ? " drawn by lot" : where ? " found" : "";
    const tell = (count) => {
      const many = count === null || count === undefined ? "" : `${count.toLocaleString("en")} row${count === 1 ? "" : "s"}${what}, `;
      this.explore.querySelector("[data-count]").textContent = `${many}${columns.length} column${columns.length === 1 ? "" : "s"}`;
    };
    tell(rows ?? (where || mode !== "first" ? null : this.explore.config.rows));
    if (!where || mode !== "first" || rows !== null) return;
    try {
      const counted = await this.explore.ask("sql", { method: "POST", body: { sql: `SELECT count(*) FROM data WHERE (\n${where}\n)` } });
      if (asked === this.asked) tell(Number(counted.rows[0][0]));
    } catch {
      // The rows are shown; how many there are in all takes too long to say.
    }
  }

  wait() {
    this.placeholder = element("div", { class: "explore-wait", role: "status", "aria-label": "Reading the table" }, ...Array.from({ length: 10 }, () => element("div", { class: "skeleton-line" })));
    this.place.append(this.placeholder);
  }

  fail(error) {
    const field = this.form.elements.where;
    this.problem.hidden = !error;
    field.removeAttribute("aria-invalid");
    if (!error) this.explore.classList.remove("is-without-table");
    if (!error) return;
    const isCondition = error.code === "bad_sql" || error.code === "sql_not_allowed";
    if (isCondition) field.setAttribute("aria-invalid", "true");
    const isFetching = error.code === "data_being_fetched";
    const again = isCondition || isFetching ? null : element("button", { type: "button", class: "btn btn-sm", onclick: () => this.load() }, "Try again");
    const words = element("span", {}, [error.message, error.hint].filter(Boolean).join(" "));
    this.problem.replaceChildren(icon("circle-alert", "icon-sm"), words, ...(again && error.code !== "not_a_table" ? [again] : []));
    if (!isFetching) this.placeholder?.remove();
    // Without any rows there is nothing to filter either.
    this.explore.classList.toggle("is-without-table", !isCondition && !isFetching && !this.grid.columns.length);
    if (isCondition && error.problem.position !== null && error.problem.position !== undefined) {
      field.focus();
      field.setSelectionRange(error.problem.position, field.value.length);
    }
  }
}
