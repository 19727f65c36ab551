// Charts as files: PNG of one or all, SVG of one, CSV of what is drawn.

import { paint } from "./painter.js";
import { SVGContext } from "./svg-context.js";
import { csvOf } from "./line-table.js";

const GAP = 16;
const TITLE = 24;

export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function fileName(charts, ending) {
  return `${charts.length === 1 ? charts[0].key.replace(/[^\w.-]+/g, "-") : "charts"}.${ending}`;
}

export function downloadCSV(charts) {
  const parts = charts.filter(({ lines }) => lines?.length).map(({ key, lines }) => csvOf(key, lines));
  const text = [parts[0]?.head ?? "", ...parts.flatMap(({ rows }) => rows)].join("\r\n");
  download(fileName(charts, "csv"), new Blob([text], { type: "text/csv;charset=utf-8" }));
}

// All charts of the page on one picture, in columns as the page has them.
export function downloadPNG(charts) {
  const drawn = charts.filter((chart) => chart.frame?.plot || chart.picture);
  if (drawn.length === 0) return;
  const ratio = Math.max(2, window.devicePixelRatio);
  const columns = Math.ceil(Math.sqrt(drawn.length));
  const width = Math.max(...drawn.map((chart) => chart.width)) + GAP;
  const height = Math.max(...drawn.map((chart) => chart.height)) + TITLE + GAP;
  const canvas = document.createElement("canvas");
  canvas.width = columns * width * ratio;
  canvas.height = Math.ceil(drawn.length / columns) * height * ratio;
  const context = canvas.getContext("2d");
  const { tokens } = drawn[0].board;
  context.fillStyle = tokens.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(ratio, ratio);
  drawn.forEach((chart, index) => {
    const left = (index % columns) * width + GAP / 2;
    const top = Math.floor(index / columns) * height + GAP / 2;
    context.fillStyle = tokens.text;
    context.font = `500 13px ${tokens.font}`;
    context.fillText(chart.key, left, top + 14, width - GAP);
    const source = chart.frame.plot.ctx.canvas;
    context.drawImage(source, left, top + TITLE, chart.width, chart.height);
  });
  canvas.toBlob((blob) => download(fileName(charts, "png"), blob), "image/png");
}

export function downloadSVG(chart) {
  download(fileName([chart], "svg"), new Blob([svgOf(chart)], { type: "image/svg+xml" }));
}

export function svgOf(chart) {
  const { frame, board, width, height, key } = chart;
  const { tokens } = board;
  const { plot } = frame;
  const { left, top, width: wide, height: high } = frame.area;
  const context = new SVGContext(width, height + TITLE, tokens.ground);
  context.text(key, 8, 16, { fill: tokens.text, size: 13, font: tokens.font });
  context.translate(0, TITLE);
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
  return context.toString();
}
