// Charts as SVG: the lines of one, bars of single values, figures of Plotly, images, and several of them on one sheet.

import { shown } from "../run/numbers.js";
import { paint } from "./painter.js";
import { escaped, SVGContext } from "./svg-context.js";

const GAP = 16;
const TITLE = 24;
const BAR = 22;
const IMAGE = 160;

export function linesPicture({ frame, board, width, height }) {
  const { tokens } = board;
  const { plot } = frame;
  const { left, top, width: wide, height: high } = frame.area;
  const context = new SVGContext(width, height, tokens.ground);
  for (const [scale, axis] of [["x", plot.axes[0]], ["y", plot.axes[1]]]) {
    (axis._splits ?? []).forEach((split, index) => {
      const text = axis._values?.[index];
      if (split === null || text === null || text === "") return;
      const at = plot.valToPos(split, scale);
      if (scale === "x") {
        context.line(left + at, top, left + at, top + high, tokens.grid);
        context.text(text, left + at, top + high + 18, { fill: tokens.muted, size: 11, font: tokens.font, anchor: "middle" });
      } else {
        context.line(left, top + at, left + wide, top + at, tokens.grid);
        context.text(text, left - 8, top + at + 4, { fill: tokens.muted, size: 11, font: tokens.font, anchor: "end" });
      }
    });
  }
  const ratio = plot.bbox.width / wide;
  const own = frame.frame();
  const view = { left, top, width: wide, height: high, ratio: 1, px: (value) => own.px(value) / ratio, py: (value) => own.py(value) / ratio };
  paint(context, view, frame.view.lines, { isRanged: frame.view.isRanged });
  return { svg: context.toString(), width, height };
}

// A bar for each run's single value.
export function barsPicture(bars, tokens, width) {
  const height = bars.length * BAR;
  const context = new SVGContext(width, height, tokens.ground);
  const longest = Math.max(...bars.map(({ value }) => (Number.isFinite(value) ? Math.abs(value) : 0))) || 1;
  const room = width - 220;
  const look = { fill: tokens.text, size: 11, font: tokens.font };
  bars.forEach(({ name, value, colour }, at) => {
    const y = at * BAR;
    const long = Number.isFinite(value) ? (Math.abs(value) / longest) * room : 0;
    context.text(name.length > 22 ? `${name.slice(0, 21)}…` : name, 0, y + 15, look);
    context.parts.push(`<rect x="140" y="${y + 5}" width="${Math.round(long)}" height="${BAR - 8}" fill="${escaped(colour)}"/>`);
    context.text(shown(value), 148 + long, y + 15, look);
  });
  return { svg: context.toString(), width, height };
}

export async function plotlyPicture(Plotly, plot, width, height) {
  const address = await Plotly.toImage(plot, { format: "svg", width, height });
  return { svg: decodeURIComponent(address.slice(address.indexOf(",") + 1)), width, height };
}

// The <svg> of the page, for those that are drawn as one.
export function elementPicture(node, tokens) {
  const copy = node.cloneNode(true);
  copy.setAttribute("font-family", tokens.font);
  return { svg: new XMLSerializer().serializeToString(copy), width: Number(node.getAttribute("width")), height: Number(node.getAttribute("height")) };
}

// Images with a line below each; the bytes go into the file.
export async function imagesPicture(images, tokens, width) {
  const columns = Math.max(1, Math.floor(width / (IMAGE + 8)));
  const size = [columns * (IMAGE + 8), Math.ceil(images.length / columns) * (IMAGE + 24)];
  const context = new SVGContext(...size, tokens.ground);
  const contents = await Promise.all(images.map(({ address }) => inlined(address)));
  images.forEach(({ words }, at) => {
    const [x, y] = [(at % columns) * (IMAGE + 8), Math.floor(at / columns) * (IMAGE + 24)];
    context.parts.push(`<image x="${x}" y="${y}" width="${IMAGE}" height="${IMAGE}" href="${contents[at]}"/>`);
    context.text(words.length > 26 ? `${words.slice(0, 25)}…` : words, x, y + IMAGE + 14, { fill: tokens.text, size: 11, font: tokens.font });
  });
  return { svg: context.toString(), width: size[0], height: size[1] };
}

async function inlined(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error("An image could not be read.");
  const blob = await answer.blob();
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
}

// Where each picture stands on a sheet of columns: [left, top], and the sheet's size.
export function placed(pictures) {
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const wide = Math.max(...pictures.map(({ width }) => width)) + GAP;
  const rows = Array.from({ length: Math.ceil(pictures.length / columns) }, (_, row) => Math.max(...pictures.slice(row * columns, (row + 1) * columns).map(({ height }) => height)) + TITLE + GAP);
  const tops = rows.map((_, row) => rows.slice(0, row).reduce((sum, height) => sum + height, 0));
  return {
    places: pictures.map((_, at) => [(at % columns) * wide + GAP / 2, tops[Math.floor(at / columns)] + GAP / 2 + TITLE]),
    width: columns * wide,
    height: rows.reduce((sum, height) => sum + height, 0),
  };
}

export function sheetOf(pictures, tokens) {
  const { places, width, height } = placed(pictures);
  const context = new SVGContext(width, height, tokens.ground);
  pictures.forEach(({ svg, title }, at) => {
    const [left, top] = places[at];
    context.text(title, left, top - 10, { fill: tokens.text, size: 13, font: tokens.font });
    context.parts.push(svg.replace("<svg", `<svg x="${left}" y="${top}"`));
  });
  return context.toString();
}
