// The pictures of runs' values as Plotly draws them, their titles and the sentences that stand for them.

import { shown } from "../run/numbers.js";
import { distinctOf } from "./run-colours.js";

const short = (field) => field.replace(/^(params|tags|attributes|metrics)\./, "").replace(/:last$/, "").replace(/:(\w+)$/, " ($1)");

export function titleOf({ kind, x, y, z, fields }) {
  if (kind === "parallel") return `Parallel coordinates of ${fields.length} values`;
  if (kind === "bar") return short(y);
  if (kind === "contour") return `${short(z)} over ${short(x)} and ${short(y)}`;
  return kind === "box" ? `${short(y)} by ${short(x)}` : `${short(y)} over ${short(x)}`;
}

export function sentenceOf(card, rows) {
  const title = titleOf(card);
  if (rows.length === 0) return `${title}, no runs with these values`;
  const at = card.kind === "bar" ? 0 : card.kind === "contour" ? 2 : 1;
  const numbers = rows.filter(({ values }) => typeof values[at] === "number").sort((a, b) => b.values[at] - a.values[at]);
  if (card.kind === "parallel" || numbers.length === 0) return `${title}, ${rows.length} runs`;
  return `${title}, ${rows.length} runs, from ${shown(numbers.at(-1).values[at])} by ${numbers.at(-1).name} to ${shown(numbers[0].values[at])} by ${numbers[0].name}`;
}

// What stands beside the title: how many runs have the values, and what the colours of a contour mean.
export function noteOf(card, rows, all) {
  const count = rows.length < all ? `${rows.length} of ${all} runs` : "";
  if (card.kind !== "contour" || rows.length === 0) return count;
  const values = column(rows, 2);
  return [`dark ${shown(Math.min(...values))}, bright ${shown(Math.max(...values))}`, count].filter(Boolean).join(" · ");
}

function axis(tokens, field, values) {
  const positive = values.filter((value) => value > 0);
  const isWide = positive.length === values.length && values.length > 2 && Math.max(...positive) / Math.min(...positive) >= 100;
  const isNumber = values.every((value) => typeof value === "number");
  return {
    title: { text: field ? short(field) : "", font: { size: 11, color: tokens.muted }, standoff: 6 },
    type: !isNumber ? "category" : isWide ? "log" : "linear",
    gridcolor: tokens.grid, linecolor: tokens.grid, zerolinecolor: tokens.grid, tickcolor: tokens.grid,
    tickfont: { color: tokens.muted, size: 11 }, automargin: true, exponentformat: "e",
  };
}

function layoutOf(tokens, x, y) {
  return {
    margin: { l: 8, r: 12, t: 8, b: 8 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: tokens.font, size: 11, color: tokens.text }, showlegend: false, hovermode: "closest", dragmode: false,
    hoverlabel: { bgcolor: tokens.ground, bordercolor: tokens.border, font: { color: tokens.text, size: 12 } }, xaxis: x, yaxis: y,
  };
}

const column = (rows, at) => rows.map(({ values }) => values[at]);

const idsOf = (rows) => rows.map(({ id }) => id);

// `owners`: whose each point is, in the order of the points.
const FIGURES = {
  scatter({ x, y }, rows, tokens) {
    const marker = { size: 9, color: rows.map(({ colour }) => colour), line: { width: 1, color: tokens.ground } };
    const data = [{ type: "scatter", mode: "markers", x: column(rows, 0), y: column(rows, 1), text: rows.map(({ name }) => name), marker, hovertemplate: "%{text}<br>%{x}, %{y}<extra></extra>" }];
    return { data, owners: idsOf(rows), layout: layoutOf(tokens, axis(tokens, x, column(rows, 0)), axis(tokens, y, column(rows, 1))) };
  },
  bar({ y }, rows, tokens) {
    const sorted = rows.toSorted((a, b) => a.values[0] - b.values[0]);
    const data = [{ type: "bar", orientation: "h", x: column(sorted, 0), y: sorted.map(({ id }) => id), marker: { color: sorted.map(({ colour }) => colour) }, text: sorted.map(({ name }) => name), textposition: "none", hovertemplate: "%{text}: %{x}<extra></extra>" }];
    const names = { ...axis(tokens, "", ["run"]), tickmode: sorted.length > 20 ? "auto" : "array", tickvals: sorted.map(({ id }) => id), ticktext: sorted.map(({ name }) => name), showticklabels: sorted.length <= 20 };
    return { data, owners: idsOf(sorted), layout: layoutOf(tokens, { ...axis(tokens, y, column(sorted, 0)), type: "linear" }, names) };
  },
  box({ x, y }, rows, tokens) {
    const data = [{ type: "box", x: column(rows, 0).map(String), y: column(rows, 1), boxpoints: "all", jitter: 0.4, pointpos: 0, text: rows.map(({ name }) => name), marker: { size: 5, color: tokens.accent }, line: { color: tokens.accent, width: 1.5 }, fillcolor: "rgba(0,0,0,0)", hovertemplate: "%{text}: %{y}<extra></extra>" }];
    return { data, owners: idsOf(rows), layout: layoutOf(tokens, { ...axis(tokens, x, ["text"]), categoryorder: "array", categoryarray: distinctOf(column(rows, 0)).map(String) }, axis(tokens, y, column(rows, 1))) };
  },
  // Without Plotly's colour bar, which writes style attributes that the page's policy refuses: the card says the ends.
  contour({ x, y }, rows, tokens) {
    const text = rows.map(({ name, values }) => `${name}: ${shown(values[2])}`);
    const data = [
      { type: "contour", x: column(rows, 0), y: column(rows, 1), z: column(rows, 2), colorscale: "Viridis", connectgaps: true, contours: { coloring: "heatmap" }, line: { width: 0.5 }, hoverinfo: "skip", showscale: false },
      { type: "scatter", mode: "markers", x: column(rows, 0), y: column(rows, 1), text, marker: { size: 7, color: rows.map(({ colour }) => colour), line: { width: 1.5, color: tokens.ground } }, hovertemplate: "%{text}<extra></extra>" },
    ];
    return { data, owners: idsOf(rows), layout: layoutOf(tokens, axis(tokens, x, column(rows, 0)), axis(tokens, y, column(rows, 1))) };
  },
};

export function figureOf(card, rows, tokens) {
  return FIGURES[card.kind](card, rows, tokens);
}
