// The pane Chart: choose columns and a kind; the studio counts or draws rows by lot, Plotly shows them.
import { element } from "../run/dom.js";
import { theme } from "../run/chart-theme.js";
import { plotly } from "../run/plotly.js";
import { caption, layout, traces } from "./chart-figures.js";

const NEEDS_Y = new Set(["scatter", "line", "box"]);

export function chartPane(explore) {
  return new ChartPane(explore);
}

class ChartPane {
  constructor(explore) {
    this.explore = explore;
    this.pane = explore.querySelector("#pane-chart");
    this.form = this.pane.querySelector("[data-chart]");
    this.figure = this.pane.querySelector("[data-figure]");
    this.place = this.pane.querySelector("[data-place]");
    this.problem = this.pane.querySelector("[data-chart-error]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.load();
    });
    this.form.elements.kind.addEventListener("change", () => this.fit());
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-bs-theme"] });
    this.fit();
  }

  async open() {
    this.explore.panes.rows.open(); // the columns come with the first rows
    const columns = await this.explore.columns;
    if (this.columns) return;
    this.columns = columns;
    for (const select of this.form.querySelectorAll("[data-columns]")) {
      const none = element("option", { value: "" }, select.name === "x" ? "Choose a column" : "None");
      select.replaceChildren(none, ...columns.map((column) => element("option", { value: column.name }, column.name)));
    }
    const first = columns.find((column) => column.type === "int" || column.type === "float") ?? columns[0];
    if (first) this.form.elements.x.value = first.name;
  }

  // A histogram has no second column.
  fit() {
    const kind = this.form.elements.kind.value;
    this.form.elements.y.disabled = kind === "histogram";
    this.form.querySelector("[data-y-optional]").textContent = kind === "bar" ? "(its mean)" : NEEDS_Y.has(kind) ? "" : "(optional)";
  }

  async load() {
    const { kind, x, y, colour } = this.form.elements;
    const asked = (this.asked = {});
    this.form.classList.add("htmx-request");
    try {
      const chart = await this.explore.ask("chart", { method: "POST", body: { kind: kind.value, x: x.value || null, y: kind.value === "histogram" ? null : y.value || null, colour: colour.value || null } });
      if (asked !== this.asked) return;
      this.fail(null);
      this.chart = chart;
      this.pane.querySelector("[data-chart-empty]").hidden = true;
      this.figure.hidden = false;
      await this.draw();
    } catch (error) {
      if (asked === this.asked) this.fail(error);
    } finally {
      this.form.classList.remove("htmx-request");
    }
  }

  async draw() {
    if (!this.chart || this.figure.hidden) return;
    const library = await plotly(this.explore.dataset.plotly);
    const tokens = theme();
    const words = caption(this.chart);
    this.place.setAttribute("role", "img");
    this.place.setAttribute("aria-label", words);
    this.pane.querySelector("[data-caption]").textContent = words;
    await library.react(this.place, traces(this.chart, tokens), layout(this.chart, tokens), { displayModeBar: false, responsive: true });
  }

  fail(error) {
    this.problem.hidden = !error;
    if (error) this.problem.textContent = [error.message, error.hint].filter(Boolean).join(" ");
  }
}
