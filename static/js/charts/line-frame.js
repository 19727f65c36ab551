// One chart of lines: uPlot keeps axes, ticks, sizes and the selection; the lines are drawn by painter.js, each over its own x.

import uPlot from "../../vendor/uplot/uplot.js";
import { mapper, paint } from "./painter.js";

const DISTR = { linear: 1, log: 3, symlog: 4 };
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

function label(value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return NUMBER.format(value);
}

export class LineFrame {
  // `selected([low, high])` hears of a dragged range in the axis' unit.
  constructor(place, { selected }) {
    this.place = place;
    this.selected = selected;
    this.plot = null;
    this.overlay = document.createElement("canvas");
    this.overlay.className = "chart-overlay";
  }

  // `view`: lines, x and y axes ({kind, low, high, linear, isTime, divisor, words (of an axis of time, its own)}), tokens, width, height, isRanged.
  show(view) {
    const wasShape = this.view && shapeOf(this.view);
    this.view = view;
    if (this.plot && wasShape !== shapeOf(view)) this.clear();
    if (!this.plot) {
      this.make();
      const { root } = this.plot;
      setTimeout(() => this.plot?.root === root && this.place.append(root));
      return;
    }
    if (this.plot.width !== view.width || this.plot.height !== view.height) this.plot.setSize({ width: view.width, height: view.height });
    this.plot.setData(this.ends(), true);
  }

  clear() {
    this.plot?.destroy();
    this.plot = null;
    this.overlay.remove();
  }

  // uPlot is told the corners alone: the points never pass through it.
  ends() {
    const { x, y } = this.view;
    return [[x.low, x.high], [y.low, y.high]];
  }

  make() {
    const { view } = this;
    const { tokens } = view;
    const axis = {
      stroke: tokens.muted,
      font: `11px ${tokens.font}`,
      grid: { stroke: tokens.grid, width: 1 },
      ticks: { stroke: tokens.grid, width: 1, size: 4 },
      gap: 4,
    };
    // Drawn apart from the page and put into it when done: a canvas in the page works out styles anew for each font.
    const apart = document.createElement("div");
    this.plot = new uPlot(
      {
        width: view.width,
        height: view.height,
        padding: [8, 12, 0, 4],
        legend: { show: false },
        cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 } },
        scales: {
          x: { time: view.x.isTime, distr: DISTR[view.x.kind], range: () => [this.view.x.low, this.view.x.high] },
          y: { distr: DISTR[view.y.kind], asinh: view.y.linear, range: () => [this.view.y.low, this.view.y.high] },
        },
        axes: [
          { ...axis, size: 26, space: 64, ...(view.x.isTime ? (view.x.words ? { values: (_, splits) => view.x.words(splits) } : {}) : { values: (_, splits) => splits.map((split) => label(split === null ? null : split / this.view.x.divisor)), splits: view.x.kind === "linear" ? (u, i, low, high, step) => this.ticks(low, high, step) : undefined }) },
          { ...axis, space: 34, size: (_, values) => Math.max(34, ...(values ?? []).map((text) => 12 + 6.2 * text.length)), values: (_, splits) => splits.map(label) },
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: { draw: [() => this.paint()], setSelect: [() => this.dragged()] },
        ms: 1,
      },
      this.ends(),
      apart,
    );
    this.plot.root.setAttribute("aria-hidden", "true");
    this.plot.over.append(this.overlay);
  }

  // Ticks are round numbers of the unit that is shown, not of the seconds behind it.
  ticks(low, high, step) {
    const { divisor } = this.view.x;
    const wanted = divisor === 1 ? step : niceStep(step / divisor) * divisor;
    const found = [];
    for (let at = Math.ceil(low / wanted) * wanted; at <= high; at += wanted) found.push(Math.abs(at) < wanted * 1e-9 ? 0 : at);
    return found;
  }

  frame() {
    const { left, top, width, height } = this.plot.bbox;
    const { x, y } = this.view;
    return {
      left, top, width, height, ratio: uPlot.pxRatio ?? window.devicePixelRatio,
      px: mapper(x, left, width),
      py: mapper(y, top + height, -height),
    };
  }

  paint() {
    const { lines, isRanged } = this.view;
    paint(this.plot.ctx, this.frame(), lines, { width: lines.length > 24 ? 1.1 : 1.5, isRanged });
  }

  // The lines in front, thicker, while the others fade: only these few are drawn anew.
  highlight(lines) {
    if (!this.plot) return;
    this.plot.ctx.canvas.classList.toggle("is-dimmed", lines.length > 0);
    const { overlay } = this;
    overlay.hidden = lines.length === 0;
    if (lines.length === 0) return;
    const frame = this.frame();
    overlay.width = frame.width;
    overlay.height = frame.height;
    const { x, y } = this.view;
    const own = { ...frame, left: 0, top: 0, px: mapper(x, 0, frame.width), py: mapper(y, frame.height, -frame.height) };
    paint(overlay.getContext("2d"), own, lines, { width: 2.4 });
  }

  dragged() {
    const { left, width } = this.plot.select;
    if (width < 4) return;
    const range = [this.valueAt(left), this.valueAt(left + width)];
    this.plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.selected(range);
  }

  // Pixels of the page within the plot's own area, to and from values of the x axis.
  valueAt(pixel) {
    return this.plot.posToVal(pixel, "x");
  }

  pixelOf(value) {
    return this.plot.valToPos(value, "x");
  }

  heightOf(value) {
    const { y } = this.view;
    return mapper(y, this.area.height, -this.area.height)(value);
  }

  get area() {
    const { left, top, width, height } = this.plot.bbox;
    const ratio = uPlot.pxRatio ?? window.devicePixelRatio;
    return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  }
}

function shapeOf({ x, y, tokens }) {
  return [x.kind, x.isTime, x.divisor, y.kind, y.kind === "symlog" ? y.linear : "", tokens.muted].join(" ");
}

function niceStep(step) {
  const size = 10 ** Math.floor(Math.log10(step));
  return size * [1, 2, 5, 10].find((one) => one * size >= step * 0.999);
}
