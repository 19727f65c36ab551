// The figures that scripts logged, as Plotly draws them, with the tables and sentences that stand for them.

import { shown } from "../run/numbers.js";

const BINS = 60;
const FEW_CLASSES = 12;

function axis(tokens, title, more = {}) {
  return { title: { text: title, font: { size: 11, color: tokens.muted }, standoff: 6 }, gridcolor: tokens.grid, linecolor: tokens.grid, zeroline: false, tickcolor: tokens.grid, tickfont: { color: tokens.muted, size: 11 }, automargin: true, exponentformat: "e", ...more };
}

function layoutOf(tokens, xaxis, yaxis) {
  return { margin: { l: 8, r: 12, t: 8, b: 8 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: tokens.font, size: 11, color: tokens.text }, showlegend: false, hovermode: "closest", dragmode: false, hoverlabel: { bgcolor: tokens.ground, bordercolor: tokens.border, font: { color: tokens.text, size: 12 } }, xaxis, yaxis };
}

// From the page's own colour to the accent, so that nothing looks like nothing in both themes. No colour bar: it writes
// style attributes, which the page's policy refuses; the card's note says what the ends mean. The gaps
// do more than part cells: without them Plotly writes such an attribute on the image.
const ramp = (tokens) => [[0, tokens.ground], [1, tokens.accent]];

// Counts of one histogram, spread evenly over common stretches.
export function rebinned({ edges, counts }, low, high, bins = BINS) {
  const found = new Array(bins).fill(0);
  const width = (high - low) / bins;
  counts.forEach((count, at) => {
    const [from, to] = [edges[at], edges[at + 1]];
    const last = Math.min(bins - 1, Math.max(0, Math.ceil((to - low) / width) - 1));
    for (let bin = Math.max(0, Math.floor((from - low) / width)); bin <= last; bin += 1) {
      const shared = Math.min(to, low + (bin + 1) * width) - Math.max(from, low + bin * width);
      if (shared > 0) found[bin] += (count * shared) / (to - from);
    }
  });
  return found;
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

function histogram(parts, tokens) {
  const low = Math.min(...parts.map(({ data }) => data.edges[0]));
  const high = Math.max(...parts.map(({ data }) => data.edges.at(-1)));
  const columns = parts.map(({ data }) => rebinned(data, low, high).map((count) => count / (total(data.counts) || 1)));
  const width = (high - low) / BINS;
  const y = columns[0].map((_, bin) => low + (bin + 0.5) * width);
  const z = y.map((_, bin) => columns.map((column) => column[bin]));
  const data = [{ type: "heatmap", x: parts.map(({ step }) => String(step)), y, z, colorscale: ramp(tokens), showscale: false, xgap: 1, hovertemplate: "step %{x}<br>about %{y:.4g}: %{z:.2%}<extra></extra>" }];
  const most = Math.max(...columns.flat());
  return {
    data, layout: layoutOf(tokens, axis(tokens, "Step", { type: "category", nticks: 8 }), axis(tokens, "Value")), note: `full colour ${(most * 100).toPrecision(2)} %`,
    sentence: `${parts.length} steps, values from ${shown(low)} to ${shown(high)}`,
    table: { head: ["Step", "Least", "Middle", "Greatest", "Count"], rows: parts.map(({ step, data }) => [step, data.edges[0], middleOf(data), data.edges.at(-1), total(data.counts)]) },
  };
}

function middleOf({ edges, counts }) {
  let left = total(counts) / 2;
  for (let at = 0; at < counts.length; at += 1) {
    if (counts[at] > 0 && left <= counts[at]) return edges[at] + (edges[at + 1] - edges[at]) * (left / counts[at]);
    left -= counts[at];
  }
  return edges.at(-1);
}

function confusion([part], tokens, { isShare }) {
  const { labels, matrix } = part.data;
  const z = matrix.map((row) => row.map((count) => (isShare ? count / (total(row) || 1) : count)));
  const right = total(matrix.map((row, at) => row[at]));
  const all = total(matrix.flat());
  const text = z.map((row) => row.map((value) => (isShare ? `${(value * 100).toFixed(0)} %` : shown(value))));
  const names = { type: "category", tickmode: labels.length > 30 ? "auto" : "array", tickvals: labels.map((_, at) => at), ticktext: labels };
  const places = labels.map((_, at) => at);
  const data = [{ type: "heatmap", x: places, y: places, z, text, customdata: z.map((row, at) => row.map((_, to) => `${labels[at]} taken for ${labels[to]}`)), texttemplate: labels.length <= FEW_CLASSES ? "%{text}" : "", colorscale: ramp(tokens), showscale: false, xgap: 1, ygap: 1, hovertemplate: "%{customdata}: %{text}<extra></extra>" }];
  return {
    data, layout: layoutOf(tokens, axis(tokens, "Found", { ...names, type: "linear", showgrid: false }), axis(tokens, "True", { ...names, type: "linear", autorange: "reversed", showgrid: false })),
    note: `step ${part.step}`, sentence: `${labels.length} classes, ${shown(right)} of ${shown(all)} right, at step ${part.step}`,
    table: { head: ["True", ...labels], rows: labels.map((label, at) => [label, ...text[at]]) },
  };
}

function curve(parts, tokens) {
  const isROC = parts[0].data.kind === "roc";
  const data = parts.map(({ data: { x, y }, name, colour }) => ({ type: "scatter", mode: "lines", x, y, text: name, line: { color: colour, width: 1.5, shape: isROC ? "linear" : "vh" }, hovertemplate: `%{text}<br>%{x:.3f}, %{y:.3f}<extra></extra>` }));
  const unit = { range: [-0.02, 1.02] };
  const measure = isROC ? "area" : "AP";
  const ranked = parts.filter(({ data: one }) => one.area !== null).sort((a, b) => b.data.area - a.data.area);
  return {
    data, layout: layoutOf(tokens, axis(tokens, isROC ? "False positive rate" : "Recall", unit), axis(tokens, isROC ? "True positive rate" : "Precision", unit)),
    legend: parts.map(({ name, colour, data: one }) => ({ name, colour, text: one.area === null ? "" : `${measure} ${shown(one.area)}` })),
    note: isROC ? "ROC" : "precision-recall",
    sentence: `${parts.length} runs${ranked.length ? `, best ${measure} ${shown(ranked[0].data.area)} by ${ranked[0].name}` : ""}`,
    table: { head: ["Run", "Step", isROC ? "Area" : "Average precision", "Points"], rows: parts.map(({ name, step, data: one }) => [name, step, one.area, one.x.length]) },
  };
}

const FIGURES = { histogram, confusion, curve };

export function mediaFigure(kind, parts, tokens, options) {
  return FIGURES[kind](parts, tokens, options);
}

const SHEETS = {
  histogram: (parts) => ({ head: ["run", "step", "from", "to", "count"], rows: parts.flatMap(({ name, step, data: { edges, counts } }) => counts.map((count, at) => [name, step, edges[at], edges[at + 1], count])) }),
  confusion: (parts) => ({ head: ["run", "step", "true", "found", "count"], rows: parts.flatMap(({ name, step, data: { labels, matrix } }) => matrix.flatMap((row, at) => row.map((count, to) => [name, step, labels[at], labels[to], count]))) }),
  curve: (parts) => ({ head: ["run", "step", parts[0].data.kind === "roc" ? "false positive rate" : "recall", parts[0].data.kind === "roc" ? "true positive rate" : "precision"], rows: parts.flatMap(({ name, step, data: { x, y } }) => x.map((value, at) => [name, step, value, y[at]])) }),
};

// What is shown, as rows of a file.
export function mediaSheet(kind, parts) {
  return SHEETS[kind](parts);
}
