// <metric-charts>: a wall of charts of one run or of many. Wraps the tools the server sent; the address holds what is set.

import { element, throttled } from "../run/dom.js";
import { saveCards } from "./chart-menu.js";
import { freezeOnShift } from "./line-cursor.js";
import "./media-wall.js";
import { defineChart } from "./metric-chart.js";
import { coloursOf, coloursOfGroups, distinctOf, tokensNow } from "./run-colours.js";
import { isExpression, WallFeed } from "./wall-feed.js";
import { openFull } from "./wall-full.js";
import { GridDoor } from "./wall-grid.js";
import { WallLegend } from "./wall-legend.js";
import { LiveRuns } from "./wall-live.js";
import { sectionOf, WallSections } from "./wall-sections.js";
import { matcher, readState, restore, saved, writeState } from "./wall-state.js";
import { WallTools } from "./wall-tools.js";

class MetricCharts extends HTMLElement {
  connectedCallback() {
    if (this.feed) return;
    this.feed = new WallFeed({ catalogueURL: this.dataset.catalogue, linesURL: this.dataset.lines, valuesURL: this.dataset.values });
    this.query = this.dataset.query;
    this.leaving = new AbortController();
    this.grid = new GridDoor(this, this.leaving.signal);
    const start = this.dataset.scope === "system" ? "relative" : "step";
    this.state = this.grid.isFollowing ? restore(this.grid.kept, start) : readState(start);
    this.tokens = tokensNow();
    this.runs = [];
    this.keys = [];
    this.values = {};
    this.names = { params: [], tags: [] };
    this.looks = new Map();
    this.focused = "";
    this.message = this.querySelector("[data-message]");
    this.media = this.querySelector("media-wall");
    this.tools = new WallTools(this.querySelector("form"), this);
    this.legend = new WallLegend(this.querySelector("[data-legend]"), this);
    this.sections = new WallSections(this.querySelector("[data-place]"), this);
    this.live = new LiveRuns(this, this.leaving.signal);
    this.listen();
    this.shape();
    this.load();
  }

  disconnectedCallback() {
    if (!this.isConnected) this.leaving?.abort();
  }

  listen() {
    const { signal } = this.leaving;
    freezeOnShift(this, signal);
    document.addEventListener("themechange", () => this.restyle(), { signal });
  }

  // The runs and names; new charts appear, those that stay are not touched.
  async load() {
    try {
      this.take(await this.feed.catalogue(this.query, this.wantedFields()));
    } catch (error) {
      if (this.keys.length === 0) this.say(error.message, true);
    }
  }

  wantedFields() {
    const { colour, dash, facet, by, palette } = this.state;
    return [...new Set([colour, dash, facet, palette === "viridis" ? by : ""].filter(Boolean))];
  }

  take({ runs, metrics, names, values, epoch }) {
    this.runs = runs;
    this.byId = new Map(runs.map((run) => [run.id, run]));
    this.feed.ids = runs.map(({ id }) => id);
    this.goals = new Map(metrics);
    this.keys = metrics.map(([key]) => key);
    Object.assign(this, { names, values });
    this.look();
    this.tools.offer({ names, epoch, keys: this.keys });
    this.legend.show();
    this.arrange();
    this.live.watch();
    this.media?.show(this);
    if (this.state.full && !this.fullDialog && this.allKeys().includes(this.state.full)) this.openFull(this.state.full);
  }

  look() {
    const colours = coloursOf(this.runs, this.state, this.values, this.tokens);
    this.looks = new Map(
      this.runs.map((run) => [run.id, { ...colours.get(run.id), run: run.id, name: run.name, isHidden: this.isHidden(run.id) }]),
    );
  }

  // Beside a table its eyes say which runs are drawn.
  isHidden(id) {
    return this.grid.isFollowing ? this.grid.hides(id) : this.state.hidden.has(id);
  }

  hiddenIds() {
    return this.runs.filter(({ id }) => this.isHidden(id)).map(({ id }) => id);
  }

  lookOf(id) {
    return this.looks.get(id);
  }

  groupLooks(groups) {
    const colours = coloursOfGroups(groups, this.state, this.tokens);
    const looks = groups.map((group, at) => ({ ...colours[at], name: group.name, runs: group.runs, isHidden: group.runs.every((id) => this.isHidden(id)) }));
    this.legend.showGroups(groups, looks);
    return looks;
  }

  arrange() {
    const isAny = this.sections.show(this.keys, this.added(), matcher(this.state.q));
    if (isAny) this.say("");
    else if (this.keys.length) this.say(`No metric matches "${this.state.q}".`);
    this.querySelector("[data-empty]").hidden = this.keys.length > 0 || Boolean(this.media?.cards?.length);
    this.tools.form.hidden = this.keys.length === 0;
    this.querySelector("[data-loading]")?.remove();
  }

  // The keys of the charts that people added.
  added() {
    return this.state.cards.map((card) => (card.kind === "expression" ? `=${card.text}` : `#${JSON.stringify(card)}`));
  }

  allKeys() {
    return [...this.added().filter(isExpression), ...[...this.keys].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))];
  }

  say(text, isError = false) {
    this.message.replaceChildren();
    this.message.hidden = !text;
    if (!text) return;
    this.querySelector("[data-loading]")?.remove();
    const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.load() }, "Retry");
    const clear = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.tools.clearSearch() }, "Clear");
    this.message.append(element("p", {}, text), isError ? retry : clear);
  }

  makeChart(key, facet) {
    const isCard = key.startsWith("#");
    if (isCard) import("./chart-card.js");
    const chart = document.createElement(isCard ? "chart-card" : "metric-chart");
    Object.assign(chart, { key, board: this, facet, card: isCard ? JSON.parse(key.slice(1)) : null });
    return chart;
  }

  // The charts of one key: one, or one for each value of the field that splits them.
  facetsOf(key) {
    const column = this.state.facet && this.values[this.state.facet];
    if (!column || key.startsWith("#")) return [null];
    return distinctOf(column).map((value) => ({ name: String(value), runs: new Set(this.runs.filter((_, at) => column[at] === value).map(({ id }) => id)) }));
  }

  eachChart(work) {
    for (const chart of this.sections.charts.values()) work(chart);
    if (this.fullDialog) work(this.fullDialog.chart);
  }

  redraw() {
    this.look();
    this.legend.show();
    this.eachChart((chart) => chart.redraw());
    this.media?.redraw();
  }

  restyle() {
    this.tokens = tokensNow();
    this.redraw();
  }

  refetch() {
    this.eachChart((chart) => chart.invalidate());
    this.legend.show();
  }

  // --- what is set ---
  stateChanged() {
    if (this.grid.isFollowing) this.grid.keep(saved(this.state));
    else writeState(this.state);
    this.dispatchEvent(new CustomEvent("chart-state", { bubbles: true, detail: { state: saved(this.state) } }));
  }

  // What a saved view keeps, and taking it from one.
  get saved() {
    return saved(this.state);
  }

  set saved(kept) {
    this.state = restore(kept, this.state.start);
    this.stateChanged();
    this.tools.fill();
    this.shape();
    this.eachChart((chart) => (chart.zoom = this.state.zooms.get(chart.key) ?? null));
    this.media?.arrange();
    this.load().then(() => this.refetch());
  }

  shape() {
    this.style.setProperty("--chart-height", `${this.state.height}px`);
    this.dataset.columns = String(this.state.columns);
  }

  axisOf(key) {
    const { sections, x } = this.state;
    return sections.get(sectionOf(key)) ?? x;
  }

  setSectionAxis(name, x) {
    if (x) this.state.sections.set(name, x);
    else this.state.sections.delete(name);
    this.stateChanged();
    this.eachChart((chart) => sectionOf(chart.key) === name && (chart.zoom ? chart.setZoom(null) : chart.invalidate()));
  }

  keepZoom(key, zoom) {
    if (zoom) this.state.zooms.set(key, zoom);
    else this.state.zooms.delete(key);
    this.stateChanged();
  }

  setRange(keys, edges) {
    for (const key of keys) {
      if (edges) this.state.ranges.set(key, edges);
      else this.state.ranges.delete(key);
    }
    this.stateChanged();
    this.redraw();
  }

  sectionKeys(key) {
    return this.keys.filter((one) => sectionOf(one) === sectionOf(key));
  }

  togglePin(key) {
    if (!this.state.pinned.delete(key)) this.state.pinned.add(key);
    this.stateChanged();
    this.sections.drop(this.sections.charts.get(key));
    this.arrange();
  }

  addCard(card) {
    this.state.cards = [...this.state.cards, card];
    this.stateChanged();
    this.arrange();
  }

  removeCard(key) {
    this.state.cards = this.state.cards.filter((card) => (card.kind === "expression" ? `=${card.text}` : `#${JSON.stringify(card)}`) !== key);
    this.stateChanged();
    this.arrange();
  }

  csvOf(key) {
    const address = new URL(this.dataset.csv, window.location.href);
    address.searchParams.set("ids", this.feed.ids.join(","));
    address.searchParams.set("key", key);
    return address.href;
  }

  // All that the open sections have made, seen or not.
  exportAll(kind) {
    const cards = [...this.querySelectorAll("metric-chart, chart-card, media-card")].filter((card) => !card.closest("details:not([open]), dialog, [hidden]"));
    return saveCards(kind, cards, this.tokens);
  }

  openFull(key) {
    this.state.full = key;
    this.stateChanged();
    this.fullDialog = openFull(this, key);
    this.fullDialog.closed.then(() => {
      this.fullDialog = null;
      this.state.full = "";
      this.stateChanged();
    });
  }

  // --- hover and hide, shared with the table beside ---
  focus(id, isOurs = true) {
    if (this.focused === id) return;
    this.focused = id;
    this.eachChart((chart) => chart.highlight?.(id));
    this.media?.highlight(id);
    if (!isOurs) return;
    this.grid.point(id);
    document.body.dispatchEvent(new CustomEvent("chart-hover", { detail: { run: id } }));
  }

  hide(ids) {
    this.state.hidden = new Set(ids);
    if (this.grid.isFollowing) this.grid.tell([...ids]);
    this.stateChanged();
    this.redraw();
    document.body.dispatchEvent(new CustomEvent("chart-visibility", { detail: { hidden: [...this.state.hidden] } }));
  }
}

defineChart();
customElements.define("metric-charts", MetricCharts);
