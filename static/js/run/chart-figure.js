// Turns series of points into what Plotly draws: lines, the band of a sampled curve, marks where a value isn't finite.

import { colourOf, dashOf, faded } from "./chart-theme.js";
import { decoded } from "./numbers.js";
import { smooth } from "./smoothing.js";

const UNITS = [
  { word: "d", seconds: 86400, from: 3 * 86400 },
  { word: "h", seconds: 3600, from: 3 * 3600 },
  { word: "min", seconds: 60, from: 5 * 60 },
  { word: "s", seconds: 1, from: 0 },
];
const FEW_POINTS = 40;

// The unit in which a relative axis of so many seconds reads best.
export function unitFor(seconds) {
  return UNITS.find((unit) => seconds >= unit.from);
}

// One run's curve as numbers: x in the axis' base unit (steps, seconds or milliseconds).
export function curve(series, run, options) {
  const xs = options.x === "step" ? series.step : series.time_ms.map((time) => onAxis(time, series, options));
  const ys = series.last.map(decoded);
  return {
    run,
    xs,
    ys,
    steps: series.step,
    times: series.time_ms,
    smoothed: smooth(xs, ys, { method: options.method, amount: options.smooth }),
    low: series.min.map(decoded),
    high: series.max.map(decoded),
    nans: series.nan,
    above: series.above,
    below: series.below,
    counts: series.count,
  };
}

function onAxis(time, series, options) {
  return options.x === "wall" ? time : (time - series.origin_ms) / 1000;
}

export function isSampled(curve) {
  return curve.counts.some((count) => count > 1);
}

export function sampling(curves) {
  let points = 0;
  let buckets = 0;
  for (const { counts } of curves) {
    buckets += counts.length;
    for (const count of counts) points += count;
  }
  return buckets > 0 ? points / buckets : 1;
}

function bandTraces(curve, xs, colour) {
  const common = { x: xs, type: "scatter", mode: "lines", line: { width: 0 }, hoverinfo: "skip", connectgaps: false };
  return [
    { ...common, y: curve.low },
    { ...common, y: curve.high, fill: "tonexty", fillcolor: faded(colour, 0.16) },
  ];
}

// Marks sit on an axis of their own from 0 to 1, so that they stay at the edges whatever the values are.
function markTrace(curve, xs, colour) {
  const marks = { x: [], y: [], symbol: [] };
  curve.xs.forEach((x, index) => {
    if (curve.nans[index] > 0) mark(marks, x, 0.015, "x");
    if (curve.above[index] > 0) mark(marks, x, 0.97, "triangle-up");
    if (curve.below[index] > 0) mark(marks, x, 0.03, "triangle-down");
  });
  if (marks.x.length === 0) return [];
  const marker = { symbol: marks.symbol, size: 7, color: colour };
  return [{ x: marks.x, y: marks.y, yaxis: "y2", type: "scatter", mode: "markers", marker, hoverinfo: "skip", cliponaxis: false }];
}

function mark(marks, x, y, symbol) {
  marks.x.push(x);
  marks.y.push(y);
  marks.symbol.push(symbol);
}

export function tracesOf(curve, options, tokens, { divisor, dimmed }) {
  const colour = dimmed ? faded(colourOf(curve.run, tokens), 0.18) : colourOf(curve.run, tokens);
  const xs = divisor === 1 ? curve.xs : curve.xs.map((x) => x / divisor);
  const isSmooth = options.smooth > 0;
  const finite = curve.ys.filter(Number.isFinite).length;
  const line = { color: colour, width: dimmed ? 1 : 1.75, dash: dashOf(curve.run) };
  const base = { x: xs, type: "scatter", hoverinfo: "skip", connectgaps: false };
  const traces = [];
  if (isSampled(curve) && !dimmed) traces.push(...bandTraces(curve, xs, colourOf(curve.run, tokens)));
  if (isSmooth) traces.push({ ...base, y: curve.ys, mode: "lines", line: { ...line, width: 1 }, opacity: 0.25 });
  traces.push({
    ...base,
    y: isSmooth ? curve.smoothed : curve.ys,
    mode: finite <= FEW_POINTS ? "lines+markers" : "lines",
    marker: { color: colour, size: 5 },
    line,
  });
  return traces.concat(dimmed ? [] : markTrace(curve, xs, colour));
}

function axis(tokens, extra) {
  return {
    gridcolor: tokens.grid,
    linecolor: tokens.grid,
    zerolinecolor: tokens.border,
    zerolinewidth: 1,
    tickcolor: tokens.grid,
    tickfont: { color: tokens.muted, size: 11 },
    automargin: true,
    exponentformat: "e",
    ...extra,
  };
}

// From where to where the curves go, in base units; null when there is no width to show.
export function extentOf(curves) {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs } of curves) {
    for (const x of xs) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return high > low ? [low, high] : null;
}

// `zoom` is a range in base units or null, `extent` where the curves go: both without the room Plotly would add.
export function layoutOf(options, tokens, { zoom, extent, unit }) {
  const isLog = options.logx && options.x !== "wall";
  const shown = zoom ?? (isLog ? null : extent);
  const range = shown && shown.map((edge) => (isLog ? Math.log10(Math.max(edge / unit.seconds, 1e-9)) : edge / unit.seconds));
  const xaxis = axis(tokens, { type: isLog ? "log" : options.x === "wall" ? "date" : "linear", nticks: 7, zeroline: false });
  if (range) Object.assign(xaxis, { range, autorange: false });
  else xaxis.autorange = true;
  const yaxis = axis(tokens, { type: options.logy ? "log" : "linear", fixedrange: true, nticks: 6, autorange: true });
  return {
    margin: { l: 8, r: 12, t: 10, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: tokens.font, size: 11, color: tokens.text },
    showlegend: false,
    hovermode: false,
    dragmode: "zoom",
    xaxis,
    yaxis,
    yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true },
    uirevision: zoom ? zoom.join(" ") : "all",
  };
}

export function axisTitle(options, unit) {
  if (options.x === "step") return "Step";
  return options.x === "wall" ? "Time" : `Time since start (${unit.word})`;
}
