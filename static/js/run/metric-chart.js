// <metric-chart>: one key's curves. Made by <metric-charts>, which hands it `board` and `key`; fetches only while seen.

import { fillTip, sentenceAt, valuesAt } from "./chart-cursor.js";
import { axisTitle, curve, extentOf, isSampled, layoutOf, sampling, tracesOf, unitFor } from "./chart-figure.js";
import { tableOf } from "./chart-table.js";
import { theme } from "./chart-theme.js";
import { element, iconButton } from "./dom.js";
import { plotly } from "./plotly.js";
import { sentenceOf } from "./chart-words.js";
import { singlesOf } from "./chart-singles.js";

const CONFIG = { displayModeBar: false, doubleClick: false, scrollZoom: false, displaylogo: false };

class MetricChart extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    this.zoom = this.board.zoomOf(this.key);
    this.curves = [];
    this.isStale = true;
    this.isSeen = false;
    this.build();
    this.seer = new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting), { rootMargin: "150px" });
    this.seer.observe(this);
    this.sizer = new ResizeObserver(() => this.resized());
    this.sizer.observe(this.plot);
  }

  disconnectedCallback() {
    this.seer?.disconnect();
    this.sizer?.disconnect();
    if (this.plot && window.Plotly) window.Plotly.purge(this.plot);
    this.plot = null;
  }

  build() {
    this.plot = element("div", { class: "chart-plot", role: "img", tabindex: "0", "aria-label": this.key });
    this.line = element("div", { class: "chart-line", hidden: true });
    this.tip = element("div", { class: "chart-tip", hidden: true });
    this.live = element("div", { class: "visually-hidden", "aria-live": "polite" });
    this.note = element("span", { class: "chart-note" });
    this.reset = iconButton("zoom-out", "Reset zoom", () => this.setZoom(null), { hidden: true });
    this.tabler = iconButton("table-2", "View as table", () => this.toggleTable(), { "aria-pressed": "false" });
    const export_ = element("a", { class: "btn btn-ghost btn-icon btn-sm", href: this.board.csvOf(this.key), download: true, "aria-label": `Download ${this.key} as CSV`, title: "Download as CSV" });
    export_.append(iconButton("download", "").firstChild);
    const full = this.isFull ? null : iconButton("maximize", "Full screen", () => this.board.openFull(this.key));
    this.axis = element("p", { class: "chart-axis" });
    this.body = element("div", { class: "chart-body" }, this.plot, this.line, this.tip);
    this.replaceChildren(
      element("header", { class: "chart-head" }, titleOf(this.key), this.note, element("div", { class: "chart-tools-own" }, this.reset, this.tabler, export_, full)),
      this.body,
      this.axis,
      this.live,
    );
    this.listen();
  }

  listen() {
    this.plot.addEventListener("pointermove", (event) => this.pointAt(event));
    this.plot.addEventListener("pointerleave", () => this.hideCursor());
    this.plot.addEventListener("keydown", (event) => this.pressed(event));
    this.plot.addEventListener("blur", () => this.hideCursor());
    this.plot.addEventListener("pointerdown", () => {
      this.isHeld = true;
      window.addEventListener("pointerup", () => this.released(), { once: true });
    });
  }

  released() {
    this.isHeld = false;
    if (this.isStale) this.refresh();
  }

  seen(isSeen) {
    this.isSeen = isSeen;
    if (isSeen && this.isStale) this.refresh();
  }

  resized() {
    const width = this.plot?.clientWidth ?? 0;
    if (!this.isDrawn || width === 0 || width === this.width) return;
    this.draw();
  }

  // Its data have changed, or the way they are shown.
  invalidate() {
    this.isStale = true;
    if (this.isSeen && !this.isHeld) this.refresh();
  }

  // Only the way it is shown has changed: the points at hand will do.
  redraw() {
    if (this.isSeen && this.isDrawn && this.series && !this.table) this.draw();
    else this.invalidate();
  }

  async refresh() {
    if (this.isFetching) return;
    const metric = this.board.metric(this.key);
    if (!metric) return;
    this.isStale = false;
    if (this.board.isSingle(metric)) {
      this.showSingles(metric);
      return;
    }
    this.isFetching = true;
    try {
      const { x } = this.board.options;
      const buckets = Math.max(200, Math.round(this.plot.clientWidth) * 2);
      this.series = await this.board.feed.points(this.key, { buckets, x: x === "wall" ? "time" : x, zoom: this.askedRange() });
      if (this.isConnected) await this.draw();
    } catch (error) {
      this.showError(error);
    } finally {
      this.isFetching = false;
    }
    if (this.isStale && this.isSeen && this.isConnected && !this.isHeld) this.refresh();
  }

  // What is zoomed to, a little wider so that the lines reach the edges; relative time travels in milliseconds.
  askedRange() {
    if (!this.zoom) return null;
    const [low, high] = this.zoom;
    const margin = Math.max((high - low) * 0.05, this.board.options.x === "step" ? 1 : 0);
    const scale = this.board.options.x === "relative" ? 1000 : 1;
    return [Math.floor((low - margin) * scale), Math.ceil((high + margin) * scale)];
  }

  showSingles(metric) {
    this.body.replaceChildren(singlesOf(metric, this.board.runs));
    this.axis.textContent = "";
    this.tabler.hidden = true;
    this.isSingles = true;
  }

  showError(error) {
    const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.retry() }, "Retry");
    this.body.replaceChildren(element("div", { class: "chart-error", role: "alert" }, element("p", {}, error.message), retry));
  }

  retry() {
    this.body.replaceChildren(this.plot, this.line, this.tip);
    this.refresh();
  }

  async draw() {
    const { options } = this.board;
    const Plotly = await plotly(this.board.plotlyURL);
    if (!this.plot || this.isHeld) {
      this.isStale = true;
      return;
    }
    if (!this.body.contains(this.plot)) this.body.replaceChildren(this.plot, this.line, this.tip);
    const tokens = theme();
    this.curves = this.series
      .map((series) => ({ series, run: this.board.run(series.run) }))
      .filter(({ run }) => run && !this.board.hiddenRuns.has(run.id))
      .map(({ series, run }) => curve(series, { ...run }, options));
    this.unit = options.x === "relative" ? unitFor(this.extent()) : { seconds: 1, word: "" };
    const traces = this.curves
      .toSorted((a, b) => (a.run.id === this.board.focused) - (b.run.id === this.board.focused))
      .flatMap((one) => tracesOf(one, options, tokens, { divisor: this.unit.seconds, dimmed: this.board.dims(one.run) }));
    this.width = this.plot.clientWidth;
    const layout = { ...layoutOf(options, tokens, { zoom: this.zoom, extent: extentOf(this.curves), unit: this.unit }), width: this.width, height: this.plot.clientHeight };
    await Plotly.react(this.plot, traces, layout, CONFIG);
    if (!this.isDrawn) {
      this.plot.on("plotly_relayout", (change) => this.relayouted(change));
      this.plot.on("plotly_doubleclick", () => this.setZoom(null));
    }
    this.isDrawn = true;
    this.tell();
  }

  extent() {
    if (this.zoom) return this.zoom[1] - this.zoom[0];
    let longest = 0;
    for (const { xs } of this.curves) longest = Math.max(longest, xs.at(-1) ?? 0);
    return longest;
  }

  tell() {
    const { options } = this.board;
    const metric = this.board.metric(this.key);
    const notes = [];
    if (this.curves.some(isSampled)) notes.push(`sampled 1:${Math.max(2, Math.round(sampling(this.curves)))}`);
    const below = options.logy && this.curves.some(({ ys }) => ys.some((value) => value <= 0));
    if (below) notes.push("values ≤ 0 are not on a log axis");
    const nans = metric ? Object.values(metric.runs).reduce((sum, one) => sum + one.nan_count, 0) : 0;
    if (nans) notes.push(`${nans.toLocaleString("en")} NaN`);
    this.note.textContent = notes.join(" · ");
    this.reset.hidden = !this.zoom;
    this.axis.textContent = axisTitle(options, this.unit);
    if (metric) this.plot.setAttribute("aria-label", sentenceOf(metric, this.board.runs));
    if (this.table) this.showTable();
  }

  relayouted(change) {
    const low = change["xaxis.range[0]"];
    const high = change["xaxis.range[1]"];
    if (low === undefined || high === undefined) return;
    this.setZoom([this.inBase(low), this.inBase(high)]);
  }

  // From the axis as drawn to steps, seconds or milliseconds.
  inBase(edge) {
    const { options } = this.board;
    if (options.x === "wall") return Math.round(Date.parse(`${String(edge).replace(" ", "T")}Z`));
    const linear = options.logx ? 10 ** edge : edge;
    return Number((linear * this.unit.seconds).toPrecision(8));
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.board.keepZoom(this.key, zoom);
    this.isHeld = false;
    this.invalidate();
  }

  pointAt(event) {
    if (!this.isDrawn || this.isHeld || this.curves.length === 0) return;
    const box = this.plot.getBoundingClientRect();
    const { xaxis, _size: size } = this.plot._fullLayout;
    const pixel = event.clientX - box.left - size.l;
    if (pixel < 0 || pixel > size.w) this.hideCursor();
    else this.showCursor(this.xAt(xaxis, pixel));
  }

  xAt(xaxis, pixel) {
    const value = xaxis.p2c(pixel);
    if (this.board.options.x === "wall") return value;
    return (xaxis.type === "log" ? 10 ** value : value) * this.unit.seconds;
  }

  showCursor(x) {
    const found = valuesAt(this.curves, x);
    if (found.length === 0) return;
    const { xaxis, _size: size } = this.plot._fullLayout;
    const at = found[0].curve.xs[found[0].index];
    this.at = at;
    const shownAt = this.board.options.x === "wall" ? at : at / this.unit.seconds;
    const pixel = size.l + (xaxis.type === "log" ? xaxis.c2p(Math.log10(shownAt)) : xaxis.c2p(shownAt));
    if (!Number.isFinite(pixel)) return;
    this.line.hidden = this.tip.hidden = false;
    this.line.style.insetInlineStart = `${pixel}px`;
    fillTip(this.tip, found, this.board.options);
    const isRight = pixel > this.width / 2;
    this.tip.style.insetInlineStart = isRight ? "auto" : `${pixel + 12}px`;
    this.tip.style.insetInlineEnd = isRight ? `${this.width - pixel + 12}px` : "auto";
    return found;
  }

  hideCursor() {
    if (!this.line) return;
    this.line.hidden = this.tip.hidden = true;
    this.at = undefined;
  }

  // Arrow keys walk from point to point; a live region reads the values.
  pressed(event) {
    const ways = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Escape" && this.zoom) this.setZoom(null);
    if (!(event.key in ways) || !this.isDrawn || this.curves.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const xs = [...this.curves[0].xs].sort((a, b) => a - b);
    const from = this.at === undefined ? -1 : xs.findIndex((x) => x >= this.at);
    const to = Math.min(Math.max(from + ways[event.key], 0), xs.length - 1);
    const found = this.showCursor(xs[to]);
    if (found) this.live.textContent = sentenceAt(found, this.board.options);
  }

  toggleTable() {
    if (this.table) {
      this.table.remove();
      this.table = null;
    } else {
      this.showTable();
    }
    this.plot.hidden = Boolean(this.table);
    this.tabler.setAttribute("aria-pressed", String(Boolean(this.table)));
    if (!this.table) this.draw();
  }

  showTable() {
    const table = tableOf(this.curves, this.key);
    const top = this.table?.scrollTop ?? 0;
    if (this.table) this.table.replaceWith(table);
    else this.body.append(table);
    table.scrollTop = top;
    this.table = table;
  }
}

// What stands before the last part of a long name gives way first.
function titleOf(key) {
  const cut = key.lastIndexOf("/") + 1;
  const parts = cut ? [element("span", { class: "chart-prefix" }, key.slice(0, cut))] : [];
  return element("h4", { title: key }, ...parts, element("span", { class: "chart-name" }, key.slice(cut)));
}

export function defineChart() {
  if (!customElements.get("metric-chart")) customElements.define("metric-chart", MetricChart);
}

