// <value-view data-from="ID of a JSON script">: what a step says of a value that is no table: facts, tables, charts. An
// evaluation has a viewer of its own above them.
import { layout } from "../data/chart-figures.js";
import { theme } from "./chart-theme.js";
import { element } from "./dom.js";
import { evaluationView } from "./evaluation-view.js";
import { shown } from "./numbers.js";
import { plotly } from "./plotly.js";

const MOST_ROWS = 500;

const text = (value) => (typeof value === "string" || typeof value === "boolean" ? String(value) : shown(value, 6));

class ValueView extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.view = JSON.parse(document.getElementById(this.dataset.from).textContent);
    this.drawn = [];
    if (this.dataset.kind === "evaluation") this.append(...evaluationView(this.view, this));
    const facts = factList(this.view.facts ?? []);
    if (facts) this.append(facts);
    // The figures of an evaluation come first; elsewhere tables are what the charts are drawn of.
    const tables = (this.view.tables ?? []).map(tableOf);
    if (this.dataset.kind === "evaluation") this.append(...tables.splice(0, 1));
    for (const chart of this.view.charts ?? []) this.append(this.figure(chart));
    this.append(...tables);
    this.themed = new MutationObserver(() => this.redraw());
    this.themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-bs-theme"] });
  }

  disconnectedCallback() {
    this.themed?.disconnect();
  }

  // A card with a chart, drawn when it comes into sight.
  figure(chart) {
    const place = element("div", { class: "value-chart", role: "img", "aria-label": sentence(chart) });
    const drawing = { place, chart, isSeen: false };
    this.drawn.push(drawing);
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      drawing.isSeen = true;
      this.draw(drawing);
    }, { rootMargin: "200px" }).observe(place);
    return element("figure", { class: "card value-figure" }, element("figcaption", { class: "value-title" }, chart.title ?? ""), place, chartTable(chart));
  }

  async draw({ place, chart, more }) {
    try {
      const library = await plotly(this.dataset.plotly);
      const tokens = theme();
      const shape = layout({ ...chart, kind: "line" }, tokens);
      if (chart.kind === "heatmap") shape.yaxis = { ...shape.yaxis, autorange: "reversed", title: undefined };
      if (chart.kind === "histogram") shape.bargap = 0.04;
      await library.react(place, figureTraces(chart, tokens), { ...shape, ...more?.(tokens) }, { displayModeBar: false, responsive: true });
    } catch (error) {
      place.replaceChildren(element("p", { class: "form-error" }, error.message));
    }
  }

  redraw() {
    for (const drawing of this.drawn) if (drawing.isSeen) this.draw(drawing);
  }
}

function figureTraces(chart, tokens) {
  const colour = (at) => tokens.series[at % tokens.series.length];
  if (chart.kind === "heatmap") return [{ type: "heatmap", x: chart.columns, y: chart.rows, z: chart.values, colorscale: "Viridis", texttemplate: chart.rows.length <= 12 ? "%{z:.3~g}" : undefined, hoverongaps: false }];
  if (chart.kind === "box") {
    return chart.series.map((one, at) => ({ type: "box", name: one.name, q1: [one.low], median: [one.median], q3: [one.high], lowerfence: [one.minimum], upperfence: [one.maximum], y: one.outliers?.length ? [one.outliers] : undefined, x: [one.name], marker: { color: colour(at), size: 3 } }));
  }
  return chart.series.map((one, at) => {
    const common = { name: one.name, x: one.x, y: one.y, marker: { color: colour(at) } };
    if (chart.kind === "histogram") return { type: "bar", name: one.name, x: middles(one.edges), y: one.counts, width: widths(one.edges), marker: { color: colour(at) }, opacity: chart.series.length > 1 ? 0.65 : 1 };
    if (chart.kind === "bar") return { ...common, type: "bar" };
    if (chart.kind === "scatter") return { ...common, type: "scatter", mode: "markers", marker: { color: colour(at), size: 5, opacity: 0.6 } };
    return { ...common, type: "scatter", mode: "lines", line: { color: colour(at), width: 1.75, dash: ["solid", "dash", "dot"][at % 3] } };
  });
}

const middles = (edges) => edges.slice(1).map((edge, at) => (edge + edges[at]) / 2);
const widths = (edges) => edges.slice(1).map((edge, at) => edge - edges[at]);

function sentence(chart) {
  const names = (chart.series ?? []).map((one) => one.name).filter(Boolean);
  return `${chart.title || "Chart"}${chart.x || chart.y ? `: ${[chart.y, chart.x].filter(Boolean).join(" by ")}` : ""}${names.length ? `, ${names.length === 1 ? names[0] : `${names.length} series: ${names.slice(0, 6).join(", ")}`}` : ""}.`;
}

// The same numbers for whoever can't see the chart.
function chartTable(chart) {
  const rows = [];
  for (const one of chart.series ?? []) {
    const xs = one.x ?? (one.edges ? middles(one.edges) : []);
    const ys = one.y ?? one.counts ?? [];
    for (let at = 0; at < Math.min(xs.length, ys.length, MOST_ROWS); at += 1) rows.push([one.name, xs[at], ys[at]]);
  }
  if (!rows.length) return null;
  const table = tableOf({ title: "", columns: ["Series", chart.x || "x", chart.y || "y"], rows });
  return element("details", { class: "value-as-table" }, element("summary", {}, "View as table"), table);
}

function factList(facts) {
  if (!facts.length) return null;
  return element("dl", { class: "kv value-facts card" }, ...facts.map(([label, value]) => element("div", {}, element("dt", {}, String(label)), element("dd", { class: typeof value === "number" ? "num" : null }, text(value)))));
}

function tableOf({ title, columns, rows }) {
  const head = element("tr", {}, ...columns.map((name, at) => element("th", { scope: "col", class: typeof rows[0]?.[at] === "number" ? "num" : null }, String(name))));
  const body = rows.slice(0, MOST_ROWS).map((row) => element("tr", {}, ...row.map((value) => element("td", { class: typeof value === "number" ? "num" : null }, text(value)))));
  const left = rows.length - MOST_ROWS;
  return element("section", { class: "value-table" }, title ? element("h3", {}, title) : null, element("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": title || "Table" }, element("table", { class: "table" }, element("thead", {}, head), element("tbody", {}, ...body))), left > 0 ? element("p", { class: "muted small" }, `${left.toLocaleString("en")} more rows are in its files.`) : null);
}

customElements.define("value-view", ValueView);
