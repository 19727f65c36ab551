// <metric-charts>: the charts of one run or of several. Wraps the tools the server sent; the address holds what is set.

import { ChartFeed } from "./chart-feed.js";
import { Sections } from "./chart-sections.js";
import { matcher, readState, writeState } from "./chart-state.js";
import { element, throttled } from "./dom.js";
import { defineChart } from "./metric-chart.js";
import { ChartLegend } from "./chart-legend.js";
import { openFull } from "./chart-full.js";

const LIVE_PAUSE = 350; // ms between two looks at one run that moves
const LIVE_PAUSE_SEVERAL = 1000;

class MetricCharts extends HTMLElement {
  connectedCallback() {
    this.feed = new ChartFeed({ keysURL: this.dataset.keys, pointsURL: this.dataset.points });
    this.plotlyURL = this.dataset.plotly;
    this.state = readState(this.dataset.scope === "system" ? "relative" : "step");
    this.runs = [];
    this.metrics = new Map();
    this.focused = "";
    this.place = this.querySelector("[data-place]");
    this.message = this.querySelector("[data-message]");
    this.tools = this.querySelector("form");
    const legend = this.querySelector("[data-legend]");
    this.legend = legend && new ChartLegend(legend, this);
    this.sections = new Sections(this.place, {
      makeChart: (key) => this.makeChart(key),
      isClosed: (name) => this.state.closed.has(name),
      toggled: (name, isClosed) => this.toggled(name, isClosed),
    });
    this.bindTools();
    this.bindPage();
    this.load();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  get options() {
    return this.state;
  }

  get hiddenRuns() {
    return this.state.hidden;
  }

  bindTools() {
    const { elements } = this.tools;
    for (const name of ["q", "smooth", "method", "x"]) elements[name].value = this.state[name];
    elements.amount.value = this.state.smooth;
    for (const name of ["logx", "logy"]) elements[name].checked = this.state[name];
    this.tools.addEventListener("input", (event) => this.changed(event.target));
    this.tools.addEventListener("submit", (event) => event.preventDefault());
    this.nameTools();
  }

  changed(control) {
    const { name, value, checked, type } = control;
    if (name === "smooth" || name === "amount") this.setSmoothing(Number(value), control);
    else this.state[name] = type === "checkbox" ? checked : value;
    if (name === "x") this.state.zooms.clear();
    writeState(this.state);
    this.nameTools();
    if (name === "q") this.arrange();
    else if (name === "x") this.eachChart((chart) => chart.setZoom(null));
    else this.redraw();
  }

  setSmoothing(value, control) {
    this.state.smooth = Math.min(Math.max(Number.isFinite(value) ? value : 0, 0), 0.99);
    const { smooth, amount } = this.tools.elements;
    (control === smooth ? amount : smooth).value = this.state.smooth;
  }

  // Logarithmic time of day says nothing: the choice is off while it can't act.
  nameTools() {
    this.tools.elements.logx.disabled = this.state.x === "wall";
    this.tools.elements.method.disabled = this.state.smooth === 0;
  }

  bindPage() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const hinted = throttled(() => this.load(), this.dataset.runs.includes(" ") ? LIVE_PAUSE_SEVERAL : LIVE_PAUSE);
    for (const id of this.dataset.runs.split(" ")) {
      document.body.addEventListener(`live:run-${id}:metrics`, hinted, { signal });
      document.body.addEventListener(`live:run-${id}:status`, hinted, { signal });
    }
    document.addEventListener("themechange", () => this.redraw(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || (this.wasHinted && this.load()), { signal });
  }

  // The keys and their summaries; charts whose summary has changed fetch their points anew.
  async load() {
    if (document.hidden && this.metrics.size) {
      this.wasHinted = true;
      return;
    }
    this.wasHinted = false;
    try {
      const { runs, metrics } = await this.feed.keys();
      this.take(runs, metrics);
    } catch (error) {
      if (this.metrics.size === 0) this.say(error.message, true);
    }
  }

  take(runs, metrics) {
    const changed = metrics.filter((metric) => markOf(metric) !== markOf(this.metrics.get(metric.key)));
    this.runs = runs;
    this.metrics = new Map(metrics.map((metric) => [metric.key, metric]));
    this.legend?.show();
    this.arrange();
    const dirty = new Set(changed.map(({ key }) => key));
    this.eachChart((chart) => dirty.has(chart.key) && chart.invalidate());
    if (this.state.full && !this.fullDialog && this.metrics.has(this.state.full)) this.openFull(this.state.full);
  }

  arrange() {
    const isAny = this.sections.show([...this.metrics.keys()], matcher(this.state.q));
    if (isAny) this.say("");
    else if (this.metrics.size) this.say(`No metric matches "${this.state.q}".`);
    else this.querySelector("[data-empty]").hidden = false;
    if (this.metrics.size) this.querySelector("[data-empty]").hidden = true;
    this.tools.hidden = this.metrics.size === 0;
    this.querySelector("[data-loading]")?.remove();
  }

  say(text, isError = false) {
    this.message.replaceChildren();
    this.message.hidden = !text;
    if (!text) return;
    this.querySelector("[data-loading]")?.remove();
    const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.load() }, "Retry");
    const clear = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.clearSearch() }, "Clear");
    this.message.append(element("p", {}, text), isError ? retry : clear);
  }

  clearSearch() {
    this.tools.elements.q.value = "";
    this.changed(this.tools.elements.q);
    this.tools.elements.q.focus();
  }

  makeChart(key) {
    const chart = document.createElement("metric-chart");
    Object.assign(chart, { key, board: this });
    return chart;
  }

  eachChart(work) {
    for (const chart of this.sections.charts.values()) work(chart);
    if (this.fullDialog) work(this.fullDialog.chart);
  }

  redraw() {
    this.eachChart((chart) => chart.redraw());
  }

  toggled(name, isClosed) {
    if (isClosed) this.state.closed.add(name);
    else this.state.closed.delete(name);
    writeState(this.state);
  }

  // --- what a chart asks of its board ---
  metric(key) {
    return this.metrics.get(key);
  }

  run(id) {
    return this.runs.find((run) => run.id === id);
  }

  isSingle(metric) {
    return Object.values(metric.runs).every(({ count }) => count === 1);
  }

  dims(run) {
    return this.focused !== "" && this.focused !== run.id;
  }

  zoomOf(key) {
    return this.state.zooms.get(key) ?? null;
  }

  keepZoom(key, zoom) {
    if (zoom) this.state.zooms.set(key, zoom);
    else this.state.zooms.delete(key);
    writeState(this.state);
  }

  csvOf(key) {
    const address = new URL(this.dataset.csv, window.location.href);
    address.searchParams.set("key", key);
    return address.href;
  }

  openFull(key) {
    this.state.full = key;
    writeState(this.state);
    this.fullDialog = openFull(this, key);
    this.fullDialog.closed.then(() => {
      this.fullDialog = null;
      this.state.full = "";
      writeState(this.state);
    });
  }

  // --- what the legend asks ---
  focus(id) {
    if (this.focused === id) return;
    this.focused = id;
    this.redraw();
  }

  hide(ids) {
    this.state.hidden = new Set(ids);
    writeState(this.state);
    this.legend?.show();
    this.redraw();
  }
}

function markOf(metric) {
  if (!metric) return "";
  return Object.entries(metric.runs)
    .map(([id, { count, last_time_ms: time, last }]) => `${id}:${count}:${time}:${last}`)
    .join(" ");
}

defineChart();
customElements.define("metric-charts", MetricCharts);
