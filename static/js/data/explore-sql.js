// The pane SQL: one SELECT over the table, its result in a grid, earlier queries of this asset.
import { element } from "../run/dom.js";
import { TableGrid } from "./table-grid.js";

const KEPT = 30;

export function sqlPane(explore) {
  return new SqlPane(explore);
}

class SqlPane {
  constructor(explore) {
    this.explore = explore;
    this.pane = explore.querySelector("#pane-sql");
    this.form = this.pane.querySelector("[data-sql]");
    this.text = this.form.elements.sql;
    this.history = this.pane.querySelector("[data-history]");
    this.status = this.pane.querySelector("[data-sql-status]");
    this.problem = this.pane.querySelector("[data-sql-error]");
    this.place = this.pane.querySelector("[data-grid]");
    this.grid = new TableGrid(this.place, { label: "Result" });
    this.key = `atelier:sql:${explore.config.key}`;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    this.history.addEventListener("change", () => this.recall());
    this.fillHistory();
    this.text.value = this.earlier()[0] ?? "SELECT *\nFROM data\nLIMIT 100";
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  sql() {
    return this.text.value;
  }

  pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.run();
    }
  }

  async run() {
    const sql = this.text.value.trim();
    if (!sql) return;
    const asked = (this.asked = {});
    const began = performance.now();
    this.form.classList.add("htmx-request");
    this.status.textContent = "Running …";
    this.fail(null);
    try {
      const answer = await this.explore.ask("sql", { method: "POST", body: { sql } });
      if (asked !== this.asked) return;
      this.remember(sql);
      this.place.hidden = false;
      this.grid.show(answer);
      const seconds = (performance.now() - began) / 1000;
      const rows = `${answer.has_more ? "the first " : ""}${answer.rows.length.toLocaleString("en")} row${answer.rows.length === 1 ? "" : "s"}`;
      this.status.textContent = `${rows} in ${seconds < 10 ? seconds.toFixed(2) : Math.round(seconds)} s`;
    } catch (error) {
      if (asked === this.asked) this.fail(error);
    } finally {
      if (asked === this.asked) this.form.classList.remove("htmx-request");
    }
  }

  fail(error) {
    this.problem.hidden = !error;
    if (!error) return;
    this.status.textContent = "";
    this.problem.replaceChildren(element("p", {}, [error.message, error.hint].filter(Boolean).join(" ")));
    const position = error.problem?.position;
    if (position === null || position === undefined) return;
    const lead = this.text.value.length - this.text.value.trimStart().length;
    const at = Math.min(position + lead, this.text.value.length);
    this.problem.append(element("pre", {}, marked(this.text.value, at)));
    this.text.focus();
    this.text.setSelectionRange(at, at);
  }

  earlier() {
    try {
      const found = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }

  remember(sql) {
    const kept = [sql, ...this.earlier().filter((one) => one !== sql)].slice(0, KEPT);
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // A full or closed storage costs the history only.
    }
    this.fillHistory();
  }

  fillHistory() {
    const options = this.earlier().map((sql, at) => element("option", { value: at }, sql.replace(/\s+/g, " ").slice(0, 90)));
    this.history.replaceChildren(element("option", { value: "" }, options.length ? "Earlier queries" : "No earlier queries"), ...options);
    this.history.disabled = !options.length;
  }

  recall() {
    const sql = this.earlier()[Number(this.history.value)];
    if (this.history.value !== "" && sql !== undefined) this.text.value = sql;
    this.history.value = "";
    this.text.focus();
  }
}

// The line of a text at which a character stands, with a mark below it.
function marked(text, at) {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const start = before.lastIndexOf("\n") + 1;
  const shown = text.slice(start).split("\n", 1)[0];
  const head = `Line ${line}: `;
  return `${head}${shown}\n${" ".repeat(head.length + at - start)}^`;
}
