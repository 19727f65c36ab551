// <metric-chart>: one metric's or expression's lines. Made by <metric-charts>, which hands it `board`, `key` and `facet`.

import { element, iconButton } from "../run/dom.js";
import { singlesOf } from "../run/chart-singles.js";
import { sheetOfLines, tableOf } from "./line-table.js";
import { LineFrame } from "./line-frame.js";
import { LineCursor } from "./line-cursor.js";
import { extentOf, unitFor, verticalAxis } from "./ranges.js";
import { noteOf, sentenceOf } from "./line-words.js";
import { smooth } from "./smoothing.js";
import { chartMenu } from "./chart-menu.js";
import { isExpression } from "./wall-feed.js";

const MOST_SHADED = 12; // lines whose shade from least to greatest is drawn: more make fog

class MetricChart extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    this.zoom = this.board.state.zooms.get(this.key) ?? null;
    this.series = null;
    this.lines = [];
    this.isStale = true;
    this.isSeen = this.isSeen ?? false;
    this.build();
    this.frame = new LineFrame(this.plot, { selected: (range) => this.setZoom(range.map((edge) => this.rounded(edge))) });
    this.cursor = new LineCursor(this);
    this.seer = new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting), { rootMargin: "400px" });
    this.seer.observe(this);
    // Sizes are taken as the browser reports them: asking for them between changes would lay the page out each time.
    this.sizer = new ResizeObserver((entries) => this.resized(entries.at(-1).contentRect));
    this.sizer.observe(this.plot);
  }

  disconnectedCallback() {
    if (this.isConnected) return; // it was moved, not removed
    this.seer?.disconnect();
    this.sizer?.disconnect();
    this.frame?.clear();
    this.plot = null;
  }

  get x() {
    return this.board.axisOf(this.key);
  }

  get isSorted() {
    return !this.x.startsWith("metric:");
  }

  build() {
    this.plot = element("div", { class: "chart-plot", role: "img", tabindex: "0", "aria-label": this.key });
    this.live = element("div", { class: "visually-hidden", "aria-live": "polite" });
    this.note = element("span", { class: "chart-note" });
    this.reset = iconButton("zoom-out", "Reset zoom", () => this.setZoom(null), { hidden: true });
    this.tabler = iconButton("table-2", "View as table", () => this.toggleTable(), { "aria-pressed": "false" });
    const full = this.isFull ? null : iconButton("maximize", "Full screen", () => this.board.openFull(this.key));
    this.axis = element("p", { class: "chart-axis" });
    this.body = element("div", { class: "chart-body" }, this.plot);
    this.replaceChildren(
      element("header", { class: "chart-head" }, titleOf(this.key, this.facet), this.note, element("div", { class: "chart-tools-own" }, this.reset, this.tabler, full, chartMenu(this))),
      this.body,
      this.axis,
      this.live,
    );
  }

  seen(isSeen) {
    this.isSeen = isSeen;
    if (isSeen && this.isStale) this.refresh();
    else if (isSeen && this.isDirty) this.draw();
  }

  resized({ width, height }) {
    if (!width || !height || (width === this.width && height === this.height)) return;
    [this.width, this.height] = [Math.round(width), Math.round(height)];
    if (this.isDrawn) this.redraw();
    else if (this.isStale && (this.isSeen || this.isEager)) this.refresh();
    else if (this.series) this.redraw();
  }

  // Its data have changed: it fetches when it is seen.
  invalidate() {
    this.isStale = true;
    if (this.isSeen || this.isEager) this.refresh();
  }

  // Only the way it is shown has changed: the points at hand will do.
  redraw() {
    if (!this.series || this.isRegrouped()) this.invalidate();
    else if (this.isSeen || this.isEager) this.draw();
    else this.isDirty = true;
  }

  // Bands are made of the runs that are not hidden, and belong to this chart where charts are split.
  isRegrouped() {
    return this.board.state.group !== "" && this.asked?.hide !== this.leftOut();
  }

  leftOut() {
    const { board, facet } = this;
    return board.runs.map(({ id }) => id).filter((id) => board.isHidden(id) || (facet && !facet.runs.has(id))).join(",");
  }

  refresh() {
    if (!this.isFetching && this.width) this.fetching = this.fetch();
    return this.fetching;
  }

  async fetch() {
    this.isStale = false;
    this.isFetching = true;
    this.asked = this.question();
    try {
      const { lines, groups } = await this.board.feed.lines(this.key, this.asked);
      this.series = lines;
      this.groups = groups;
      if (this.isConnected) this.draw();
    } catch (error) {
      this.showError(error);
    } finally {
      this.isFetching = false;
    }
    if (this.isStale && this.isConnected && (this.isSeen || this.isEager)) await this.refresh();
  }

  question() {
    const { group, centre, spread } = this.board.state;
    const width = Math.max(200, Math.ceil((this.width * 2) / 200) * 200);
    const question = { x: this.x, buckets: width, fine: this.isFull || this.zoom ? 1 : "" };
    if (this.zoom) [question.min, question.max] = this.askedRange();
    return group ? { ...question, group, centre, spread, hide: this.leftOut() } : question;
  }

  // What is zoomed to, a little wider so that the lines reach the edges.
  askedRange() {
    const [low, high] = this.zoom;
    const margin = Math.max((high - low) * 0.05, this.x === "step" ? 1 : 0);
    return this.x === "step" || this.x === "wall" ? [Math.floor(low - margin), Math.ceil(high + margin)] : [low - margin, high + margin];
  }

  // Points that came while the page was open. False: the line must be fetched anew.
  append(added) {
    if (this.zoom || !this.series || this.board.state.group) return false;
    for (const more of added) {
      const own = this.series.find(({ run }) => run === more.run);
      if (!own) this.series.push(more);
      else if (!join(own, more)) return false;
    }
    return true;
  }

  lastStep(run) {
    return this.series?.find((line) => line.run === run)?.steps.at(-1);
  }

  showError(error) {
    const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.refresh() }, "Retry");
    this.body.replaceChildren(element("div", { class: "chart-error", role: "alert" }, element("p", {}, error.message), retry));
    this.isDrawn = false;
  }

  draw() {
    this.isDirty = false;
    this.lines = this.shownLines();
    if (this.isSingle()) {
      this.body.replaceChildren(singlesOf(singleMetric(this.lines), this.board.runs));
      this.axis.textContent = "";
      this.tabler.hidden = true;
      this.isDrawn = true;
      return;
    }
    if (!this.body.contains(this.plot)) this.body.replaceChildren(...this.parts());
    this.tell();
    this.frame.show(this.view(this.width, this.height));
    this.cursor.restore();
    this.highlight(this.board.focused);
    this.isDrawn = true;
  }

  parts() {
    return [this.plot, this.cursor.line, this.cursor.tip];
  }

  view(width, height) {
    const { state, tokens } = this.board;
    const kind = state.logx && this.x !== "wall" ? "log" : "linear";
    const isRanged = this.lines.length <= MOST_SHADED;
    const all = extentOf(this.lines, kind === "log" ? (x) => x > 0 : undefined) ?? [0, 1];
    let [low, high] = this.zoom ?? all;
    if (!(high > low)) [low, high] = kind === "log" ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
    if (kind === "log" && low <= 0) low = all[0];
    this.unit = this.x === "relative" ? unitFor(high - low) : { seconds: this.x === "wall" ? 1000 : 1, word: "" };
    const divisor = this.x === "relative" ? this.unit.seconds : 1;
    const y = verticalAxis(this.lines, [low, high], { ...state, isRanged }, state.ranges.get(this.key));
    const x = { kind, low, high, isTime: this.x === "wall", divisor };
    this.axis.textContent = this.axisTitle();
    return { lines: this.lines, x, y, tokens, width, height, isRanged };
  }

  axisTitle() {
    if (this.x.startsWith("metric:")) return this.x.slice(7);
    return { step: "Step", wall: "Time" }[this.x] ?? `Time since start (${this.unit.word})`;
  }

  shownLines() {
    const { state } = this.board;
    const options = { method: state.method, amount: state.smooth };
    const looks = this.groups ? this.board.groupLooks(this.groups) : null;
    const found = [];
    for (const series of this.series) {
      const look = looks ? looks[series.group] : this.board.lookOf(series.run);
      if (!look || look.isHidden || (this.facet && !looks && !this.facet.runs.has(series.run))) continue;
      const mark = `${options.method} ${options.amount}`;
      if (series.smoothMark !== mark) {
        series.smoothed = options.amount > 0 ? smooth(series.xs, series.ys, options) : null;
        series.smoothMark = mark;
      }
      found.push({ ...series, ...look, band: Boolean(looks) });
    }
    return found;
  }

  isSingle() {
    return !this.groups && this.series.length > 0 && !isExpression(this.key) && this.series.every(({ summary }) => summary?.count === 1);
  }

  tell() {
    this.note.textContent = noteOf(this.lines, this.board.state);
    this.note.title = this.note.textContent;
    this.reset.hidden = !this.zoom;
    this.plot.setAttribute("aria-label", sentenceOf(this.key, this.lines));
    if (this.table) this.showTable();
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.board.keepZoom(this.key, zoom);
    if (this.isDrawn && this.series && !this.table) this.draw(); // at once with the points at hand, then with all
    this.invalidate();
  }

  rounded(edge) {
    return this.x === "wall" ? Math.round(edge * 1000) : Number(edge.toPrecision(8));
  }

  highlight(run) {
    if (!this.frame.plot) return;
    const own = run ? this.lines.filter((line) => line.run === run || line.runs?.includes(run)) : [];
    this.frame.highlight(own);
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
    const table = tableOf(this.lines, this.key, this.axisTitle(), this.x);
    const top = this.table?.scrollTop ?? 0;
    if (this.table) this.table.replaceWith(table);
    else this.body.append(table);
    table.scrollTop = top;
    this.table = table;
  }

  // --- as a file ---
  get fileTitle() {
    return this.facet ? `${this.key}, ${this.facet.name}` : this.key;
  }

  // Also one that nobody has seen yet.
  async ready() {
    const wasEager = this.isEager;
    this.isEager = true;
    if (this.isStale || this.isFetching) await this.refresh();
    else if (this.isDirty && this.series) this.draw();
    this.isEager = wasEager;
  }

  async picture() {
    if (!this.lines.length) return null;
    const { barsPicture, linesPicture } = await import("./pictures.js");
    const { width, height } = this;
    if (this.isSingle()) return barsPicture(this.lines.map((line) => ({ ...line, value: line.ys.at(-1) })), this.board.tokens, width);
    return this.frame.plot ? { ...linesPicture(this), canvas: this.frame.plot.ctx.canvas, width, height } : null;
  }

  sheet() {
    return this.lines.length ? sheetOfLines(this.key, this.lines) : null;
  }

  // The range of the x axis as it is drawn.
  get shownRange() {
    const { x } = this.frame?.view ?? {};
    return x ? [x.low, x.high] : null;
  }
}

// False where the new points don't follow the old ones, or the line has grown so long that it must be cut anew.
function join(own, more) {
  const last = own.steps.at(-1);
  let from = 0;
  while (from < more.steps.length && more.steps[from] <= last) from += 1;
  const count = more.steps.length - from;
  if (more.summary && own.summary && count === 0 && more.summary.count !== own.summary.count) return false;
  if (own.ys.length + count > 4000) return false;
  const glue = (name, Kind) => {
    const joined = new Kind(own[name].length + count);
    joined.set(own[name]);
    joined.set(more[name].subarray(from), own[name].length);
    own[name] = joined;
  };
  const length = own.xs.length;
  for (const name of ["xs", "steps"]) glue(name, Float64Array);
  const high = own.high && Float64Array.from(own.high.length ? [...own.high, ...(more.high ?? more.ys).subarray(from)] : []);
  const low = own.low && Float64Array.from([...own.low, ...(more.low ?? more.ys).subarray(from)]);
  glue("ys", Float64Array);
  if (high) Object.assign(own, { low, high });
  own.odd = joinOdd(own.odd, more.odd, length, from);
  own.points += count ? more.points : 0;
  own.summary = more.summary;
  own.smoothMark = "";
  return true;
}

function joinOdd(own, more, length, from) {
  if (!more) return own;
  const found = own ?? { nan: [[], []], above: [[], []], below: [[], []] };
  for (const name of ["nan", "above", "below"]) {
    more[name][0].forEach((place, index) => {
      if (place < from) return;
      found[name][0].push(place - from + length);
      found[name][1].push(more[name][1][index]);
    });
  }
  return found;
}

function singleMetric(lines) {
  return { runs: Object.fromEntries(lines.map(({ run, summary }) => [run, summary])) };
}

// What stands before the last part of a long name gives way first.
function titleOf(key, facet) {
  const cut = isExpression(key) ? 0 : key.lastIndexOf("/") + 1;
  const parts = cut ? [element("span", { class: "chart-prefix" }, key.slice(0, cut))] : [];
  const value = facet ? [element("span", { class: "badge chart-facet" }, facet.name)] : [];
  return element("h4", { title: facet ? `${key}, ${facet.name}` : key }, ...parts, element("span", { class: "chart-name" }, key.slice(cut)), ...value);
}

export function defineChart() {
  if (!customElements.get("metric-chart")) customElements.define("metric-chart", MetricChart);
}
