// One chart of the traffic: lines over the time of day, the values at the pointer, and the same as a table.
import { element, iconButton } from "../run/dom.js";
import { verticalAxis } from "../charts/ranges.js";
import { LineCursor } from "../charts/line-cursor.js";
import { LineFrame } from "../charts/line-frame.js";

const TIME = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const MOST_ROWS = 200;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

export class TrafficChart {
  constructor(title, { zero }) {
    this.title = title;
    this.zero = zero;
    this.lines = [];
    this.x = "time";
    this.isSorted = true;
    this.zoom = null;
    this.board = { focus: () => {} };
    this.plot = element("div", { class: "chart-plot", role: "img", tabindex: "0", "aria-label": title });
    this.live = element("div", { class: "visually-hidden", "aria-live": "polite" });
    this.body = element("div", { class: "chart-body" }, this.plot);
    this.legend = element("ul", { class: "traffic-legend", role: "list" });
    this.tabler = iconButton("table-2", "View as table", () => this.toggle(), { "aria-pressed": "false" });
    const head = element("header", { class: "chart-head" }, element("h3", { class: "traffic-title" }, title), this.tabler);
    this.card = element("section", { class: "traffic-chart", "aria-label": title }, head, this.body, this.legend, this.live);
    this.frame = new LineFrame(this.plot, { selected: (range) => this.setZoom(range) });
    this.cursor = new LineCursor(this);
    this.sizer = new ResizeObserver((entries) => this.resized(entries.at(-1).contentRect));
    this.sizer.observe(this.plot);
  }

  resized({ width, height }) {
    if (!width || !height || (Math.round(width) === this.width && Math.round(height) === this.height)) return;
    [this.width, this.height] = [Math.round(width), Math.round(height)];
    this.draw();
  }

  show(lines, range, tokens) {
    this.lines = lines;
    this.range = range;
    this.tokens = tokens;
    this.legend.replaceChildren(...lines.map(legendOf));
    this.plot.setAttribute("aria-label", this.sentence());
    if (this.table) this.fill();
    this.draw();
  }

  draw() {
    if (!this.width || !this.tokens) return;
    const [low, high] = this.zoom ?? this.range;
    const y = verticalAxis(this.lines, [low, high], { logy: "linear", zero: this.zero });
    const x = { kind: "linear", low, high, isTime: true, divisor: 1, words };
    this.frame.show({ lines: this.lines, x, y, tokens: this.tokens, width: this.width, height: this.height });
    this.cursor.restore();
  }

  get shownRange() {
    return this.zoom ?? this.range;
  }

  setZoom(range) {
    this.zoom = range;
    this.draw();
  }

  sentence() {
    const last = this.lines.map(({ name, ys }) => `${name} ${NUMBER.format([...ys].reverse().find((value) => !Number.isNaN(value)) ?? 0)}`);
    return `${this.title}: ${last.join(", ") || "nothing"}`;
  }

  toggle() {
    if (this.table) {
      this.table.remove();
      this.table = null;
    } else {
      this.table = element("div", { class: "chart-table table-wrap", tabindex: "0" });
      this.body.append(this.table);
      this.fill();
    }
    this.plot.hidden = Boolean(this.table);
    this.tabler.setAttribute("aria-pressed", String(Boolean(this.table)));
    if (!this.table) this.draw();
  }

  // The newest first, as a person looks for them.
  fill() {
    const { xs } = this.lines[0] ?? { xs: [] };
    const head = element("tr", {}, element("th", { scope: "col" }, "Time"), ...this.lines.map(({ name }) => element("th", { scope: "col", class: "num" }, name)));
    const places = [...xs.keys()].reverse().slice(0, MOST_ROWS);
    const rows = places.map((at) => element("tr", {}, element("td", {}, TIME.format(xs[at])), ...this.lines.map(({ ys }) => element("td", { class: "num" }, Number.isNaN(ys[at]) ? "–" : NUMBER.format(ys[at])))));
    this.table.replaceChildren(element("table", { class: "table" }, element("thead", {}, head), element("tbody", {}, ...rows)));
  }
}

// The time of day at each tick; where days begin, the day.
function words(splits) {
  const days = splits.every((at) => new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0);
  return splits.map((at) => {
    const moment = new Date(at);
    const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
    return days || isMidnight ? DAY.format(moment) : CLOCK.format(moment);
  });
}

function legendOf({ name, colour, dash }) {
  const dot = element("span", { class: `chart-dot dash-${dash}` });
  dot.style.setProperty("--dot", colour);
  return element("li", {}, dot, name);
}
