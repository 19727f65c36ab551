// Parallel coordinates: one axis for each value, one line for each run. Dragging along an axis keeps the runs within.

import { element } from "../run/dom.js";
import { shown } from "../run/numbers.js";
import { distinctOf } from "./run-colours.js";

const SVG = "http://www.w3.org/2000/svg";
const TOP = 26;
const FOOT = 34;
const SIDE = 36;

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export class ParallelAxes {
  constructor(place, board) {
    Object.assign(this, { place, board });
  }

  // What is kept, by field: numbers by their value, so that it stays when runs come; texts by their place from 0 to 1.
  get brushes() {
    return this.board.state.brushes;
  }

  // Of one axis, as places from 0 to 1.
  keptOf(axis) {
    const range = this.brushes.get(axis.field);
    return range && axis.toValue ? range.map((value) => axis.placeOf(value)) : range;
  }

  keep(axis, range) {
    if (range) this.brushes.set(axis.field, axis.toValue ? range.map(axis.toValue) : range);
    else this.brushes.delete(axis.field);
  }

  show(rows, fields, width, height) {
    Object.assign(this, { rows, fields, height });
    const gap = (width - 2 * SIDE) / Math.max(1, fields.length - 1);
    this.axes = fields.map((field, at) => ({ field, x: SIDE + at * gap, ...scaleOf(rows.map(({ values }) => values[at])) }));
    const svg = shape("svg", { width, height, "aria-hidden": "true", class: "parallel" });
    this.lines = rows.map((row) => this.line(row));
    svg.append(...this.lines.filter(Boolean).map(({ path }) => path), ...this.axes.map((axis) => this.axis(axis)));
    this.place.replaceChildren(svg, this.controls());
    this.mark();
    this.applyFirst();
  }

  // What was kept on another page, or in a view of another experiment, acts on the runs of this one.
  applyFirst() {
    const isFirst = !this.isApplied;
    this.isApplied = true;
    if (isFirst && this.rows.some((row) => !row.isHidden && !this.isKept(row))) this.apply();
  }

  y(place) {
    return TOP + (1 - place) * (this.height - TOP - FOOT);
  }

  line(row) {
    const points = this.axes.map((axis, at) => [axis.x, axis.placeOf(row.values[at])]).filter(([, place]) => place !== null);
    if (points.length < 2) return null;
    const path = shape("path", { d: points.map(([x, place], at) => `${at ? "L" : "M"}${x} ${this.y(place)}`).join(""), fill: "none", stroke: row.colour, "stroke-width": 1.4 });
    path.append(Object.assign(shape("title", {}), { textContent: row.name }));
    path.addEventListener("pointerenter", () => this.board.focus(row.id));
    path.addEventListener("pointerleave", () => this.board.focus(""));
    return { row, path };
  }

  axis(axis) {
    const { muted, text, border } = this.board.tokens;
    const group = shape("g", {});
    const word = (value, y, fill) => Object.assign(shape("text", { x: axis.x, y, fill, "font-size": 11, "text-anchor": "middle" }), { textContent: value });
    const zone = shape("rect", { x: axis.x - 12, y: TOP, width: 24, height: this.height - TOP - FOOT, fill: "transparent", class: "parallel-zone" });
    axis.brush = shape("rect", { x: axis.x - 5, y: 0, width: 10, height: 0, fill: this.board.tokens.accent, "fill-opacity": 0.3, "pointer-events": "none" });
    const name = axis.field.replace(/^(params|tags|attributes|metrics)\./, "");
    group.append(shape("line", { x1: axis.x, x2: axis.x, y1: TOP, y2: this.height - FOOT, stroke: border }), word(name.length > 18 ? `${name.slice(0, 17)}…` : name, 10, text), word(axis.top, TOP - 4, muted), word(axis.bottom, this.height - FOOT + 13, muted), axis.brush, zone);
    zone.addEventListener("pointerdown", (event) => this.drag(event, axis));
    return group;
  }

  drag(event, axis) {
    event.preventDefault();
    const box = this.place.getBoundingClientRect();
    const placeAt = (clientY) => Math.min(Math.max(1 - (clientY - box.top - TOP) / (this.height - TOP - FOOT), 0), 1);
    const from = placeAt(event.clientY);
    const end = new AbortController();
    const follow = (moved) => {
      const to = placeAt(moved.clientY);
      this.keep(axis, Math.abs(to - from) < 0.01 ? null : [Math.min(from, to), Math.max(from, to)]);
      this.mark();
    };
    const stop = (moved) => {
      end.abort();
      follow(moved);
      this.apply();
    };
    window.addEventListener("pointermove", follow, { signal: end.signal });
    window.addEventListener("pointerup", stop, { signal: end.signal });
  }

  isKept(row) {
    return this.axes.every((axis, at) => {
      const range = this.keptOf(axis);
      if (!range) return true;
      const place = axis.placeOf(row.values[at]);
      return place !== null && place >= range[0] - 1e-9 && place <= range[1] + 1e-9;
    });
  }

  mark() {
    for (const axis of this.axes) {
      const [low, high] = (this.keptOf(axis) ?? [0, 0]).map((place) => Math.min(Math.max(place, 0), 1));
      axis.brush.setAttribute("y", this.y(high));
      axis.brush.setAttribute("height", Math.max(0, this.y(low) - this.y(high)));
    }
    const isBrushed = this.axes.some(({ field }) => this.brushes.has(field));
    for (const one of this.lines) if (one) one.path.setAttribute("stroke-opacity", this.isKept(one.row) && (isBrushed || !one.row.isHidden) ? 0.9 : 0.08);
  }

  // The runs outside are hidden in all charts, and in the table beside.
  apply() {
    this.board.hide(this.axes.some(({ field }) => this.brushes.has(field)) ? this.rows.filter((row) => !this.isKept(row)).map(({ id }) => id) : []);
  }

  // The same without a pointer: from and to for each axis that has numbers.
  controls() {
    const fields = this.axes.filter(({ toValue }) => toValue).map((axis) => {
      const value = (edge) => Number(this.brushes.get(axis.field)?.[edge].toPrecision(6)) || "";
      const input = (edge, label) => element("input", { class: "form-control form-control-sm num", type: "number", step: "any", value: value(edge), "aria-label": `${axis.field} ${label}`, onchange: (event) => this.typed(axis, edge, event.target.value) });
      return element("div", {}, element("span", { class: "truncate" }, axis.field), input(0, "from"), input(1, "to"));
    });
    return element("details", { class: "parallel-controls", open: Boolean(this.place.querySelector("details[open]")) }, element("summary", {}, "Ranges"), ...fields);
  }

  typed(axis, edge, text) {
    const range = this.keptOf(axis) ?? [0, 1];
    const place = text === "" ? edge : axis.placeOf(Number(text));
    range[edge] = Number.isNaN(place) ? edge : place;
    this.keep(axis, range[0] === 0 && range[1] === 1 ? null : range);
    this.mark();
    this.apply();
  }

  highlight(run) {
    for (const one of this.lines ?? []) one?.path.setAttribute("stroke-width", one.row.id === run ? 3 : 1.4);
  }
}

// Where a value stands on its axis, from 0 to 1: numbers by size (by their logarithm where they span a hundredfold), texts in order.
function scaleOf(values) {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return { placeOf: () => null, top: "", bottom: "" };
  if (present.some((value) => typeof value === "string")) {
    const texts = distinctOf(present);
    const place = (value) => (value === null ? null : texts.length === 1 ? 0.5 : texts.indexOf(value) / (texts.length - 1));
    return { placeOf: place, top: String(texts.at(-1)), bottom: texts.length > 1 ? String(texts[0]) : "" };
  }
  const low = Math.min(...present);
  const high = Math.max(...present);
  const bend = low > 0 && high / low >= 100 ? Math.log10 : (value) => value;
  const unbend = bend === Math.log10 ? (value) => 10 ** value : (value) => value;
  const span = bend(high) - bend(low);
  return { placeOf: (value) => (value === null ? null : span ? (bend(value) - bend(low)) / span : 0.5), top: shown(high), bottom: shown(low), toValue: (place) => unbend(bend(low) + place * span) };
}
