// Pointer and keyboard over one chart: the line at the cursor, the values there, the run that is nearest, zoom and pan.

import { element } from "../run/dom.js";
import { fillTip, sentenceAt, valuesAt } from "./line-tip.js";

const NEAR = 24; // pixels within which a line counts as pointed at

export class LineCursor {
  constructor(chart) {
    this.chart = chart;
    this.line = element("div", { class: "chart-line", hidden: true });
    this.tip = element("div", { class: "chart-tip", hidden: true });
    this.isFrozen = false;
    chart.body.append(this.line, this.tip);
    const { plot } = chart;
    plot.addEventListener("pointermove", (event) => this.pointAt(event));
    plot.addEventListener("pointerleave", () => this.leave());
    plot.addEventListener("keydown", (event) => this.pressed(event));
    plot.addEventListener("blur", () => this.leave());
    plot.addEventListener("dblclick", () => chart.zoom && chart.setZoom(null));
    plot.addEventListener("pointerdown", (event) => this.startPan(event), { capture: true });
    plot.addEventListener("mousedown", (event) => event.shiftKey && event.stopPropagation(), { capture: true });
    plot.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  get view() {
    return this.chart.frame.view;
  }

  pointAt(event) {
    const { chart } = this;
    if (!chart.frame.plot || chart.lines.length === 0 || this.isFrozen || event.buttons) return;
    const box = chart.plot.getBoundingClientRect();
    const { area } = chart.frame;
    const pixel = event.clientX - box.left - area.left;
    if (pixel < 0 || pixel > area.width) {
      this.leave();
      return;
    }
    this.show(chart.frame.valueAt(pixel), event.clientY - box.top - area.top);
  }

  // `height` is where the pointer is; without it no line is nearest.
  show(x, height = null) {
    const { chart } = this;
    const found = valuesAt(chart.lines, x, chart.isSorted);
    if (found.length === 0) return null;
    const near = height === null ? null : this.nearest(found, height);
    const place = (found.find(({ line }) => line === near) ?? closest(found, x));
    const at = place.line.xs[place.index];
    Object.assign(this, { at, found, near });
    this.line.hidden = this.tip.hidden = false;
    fillTip(this.tip, found, chart.x, near, this.isFrozen);
    this.place(at);
    chart.board.focus(near && !near.band ? near.run : "");
    return found;
  }

  place(at) {
    const { frame, width } = this.chart;
    const pixel = frame.area.left + frame.pixelOf(at);
    this.line.style.insetInlineStart = `${pixel}px`;
    const isRight = pixel > width / 2;
    this.tip.style.insetInlineStart = isRight ? "auto" : `${pixel + 12}px`;
    this.tip.style.insetInlineEnd = isRight ? `${width - pixel + 12}px` : "auto";
  }

  nearest(found, height) {
    let best = null;
    let distance = NEAR;
    for (const { line, index } of found) {
      const away = Math.abs(this.chart.frame.heightOf((line.smoothed ?? line.ys)[index]) - height);
      if (away < distance) [best, distance] = [line, away];
    }
    return best;
  }

  leave() {
    if (this.isFrozen) return;
    this.hide();
  }

  hide() {
    this.line.hidden = this.tip.hidden = true;
    this.tip.classList.remove("is-frozen");
    this.at = undefined;
    this.isFrozen = false;
    this.chart.board.focus("");
  }

  // After a new drawing the frozen values stay, what moves is hidden.
  restore() {
    if (!this.isFrozen) this.line.hidden = this.tip.hidden = true;
  }

  // Shift holds the values where they are, so that they can be read and copied; again, and they follow.
  freeze() {
    if (this.tip.hidden) return;
    this.isFrozen = !this.isFrozen;
    this.tip.classList.toggle("is-frozen", this.isFrozen);
    fillTip(this.tip, this.found, this.chart.x, this.near, this.isFrozen);
  }

  // Arrow keys walk from point to point; a live region reads the values.
  pressed(event) {
    const { chart } = this;
    if (event.key === "Escape" && this.isFrozen) this.hide();
    else if (event.key === "Escape" && chart.zoom) chart.setZoom(null);
    const ways = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in ways) || !chart.frame.plot || chart.lines.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const xs = Float64Array.from(chart.lines[0].xs).sort();
    const from = this.at === undefined ? -1 : xs.findIndex((x) => x >= this.at);
    const found = this.show(xs[Math.min(Math.max(from + ways[event.key], 0), xs.length - 1)]);
    if (found) chart.live.textContent = sentenceAt(found, chart.x);
  }

  // Shift and drag moves the range that is zoomed to.
  startPan(event) {
    const { chart } = this;
    if (!event.shiftKey || !chart.zoom) return;
    event.preventDefault();
    const [low, high] = chart.zoom;
    const perPixel = (high - low) / chart.frame.area.width;
    const end = new AbortController();
    let by = 0;
    const move = (moved) => {
      by = (event.clientX - moved.clientX) * perPixel;
      chart.zoom = [low + by, high + by];
      chart.draw();
    };
    const stop = () => {
      end.abort();
      if (by) chart.setZoom(chart.zoom.map((edge) => Number(edge.toPrecision(8))));
    };
    window.addEventListener("pointermove", move, { signal: end.signal });
    window.addEventListener("pointerup", stop, { signal: end.signal });
  }

  // The wheel zooms with Ctrl alone: without, the page scrolls.
  wheel(event) {
    const { chart } = this;
    if (!event.ctrlKey || !chart.frame.plot) return;
    event.preventDefault();
    const { area } = chart.frame;
    const share = (event.clientX - chart.plot.getBoundingClientRect().left - area.left) / area.width;
    const [low, high] = chart.shownRange;
    const factor = event.deltaY < 0 ? 0.8 : 1.25;
    const at = low + (high - low) * share;
    chart.zoom = [at - (at - low) * factor, at + (high - at) * factor].map((edge) => Number(edge.toPrecision(8)));
    chart.draw();
    clearTimeout(this.wheeling);
    this.wheeling = setTimeout(() => chart.setZoom(chart.zoom), 250);
  }
}

function closest(found, x) {
  return found.reduce((best, one) => (Math.abs(one.line.xs[one.index] - x) < Math.abs(best.line.xs[best.index] - x) ? one : best));
}

// One key for all charts of the page: the chart whose values are shown hears of it.
export function freezeOnShift(board, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Shift" || event.repeat || event.target.closest?.("input, textarea, select")) return;
      board.eachChart((chart) => chart.cursor?.freeze());
    },
    { signal },
  );
}
