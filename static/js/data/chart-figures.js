// From the numbers of a chart to what Plotly draws, and to the sentence below it.

const MODES = { scatter: "markers", line: "lines" };

export function traces(chart, tokens) {
  return chart.series.map((one, at) => {
    const colour = tokens.series[at % tokens.series.length];
    const common = { name: one.name || "rows", x: one.x.map(moment), y: one.y };
    if (chart.kind === "histogram" || chart.kind === "bar") return { ...common, type: "bar", marker: { color: colour } };
    if (chart.kind === "box") return { ...common, x: one.x.length ? one.x : undefined, type: "box", marker: { color: colour, size: 3 }, line: { width: 1.25 }, boxpoints: "outliers" };
    return { ...common, type: "scatter", mode: MODES[chart.kind], marker: { color: colour, size: 5, opacity: 0.6 }, line: { color: colour, width: 1.5 } };
  });
}

export function layout(chart, tokens) {
  const axis = { gridcolor: tokens.grid, linecolor: tokens.grid, zerolinecolor: tokens.grid, tickfont: { color: tokens.muted, size: 11 }, automargin: true };
  const title = (text) => ({ text, font: { color: tokens.muted, size: 12 } });
  const isCount = chart.kind === "histogram" || chart.kind === "bar";
  return {
    margin: { l: 8, r: 12, t: 12, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: tokens.font, size: 11, color: tokens.text },
    barmode: chart.kind === "histogram" ? "stack" : "group",
    boxmode: "group",
    bargap: chart.kind === "histogram" ? 0.06 : 0.2,
    showlegend: chart.series.length > 1,
    legend: { font: { color: tokens.text }, orientation: "h", y: -0.18 },
    hoverlabel: { bgcolor: tokens.ground, bordercolor: tokens.border, font: { color: tokens.text } },
    xaxis: { ...axis, title: title(chart.x ?? ""), type: chart.kind === "bar" ? "category" : undefined },
    yaxis: { ...axis, title: title(isCount ? chart.measure ?? "rows" : chart.y) },
  };
}

export function caption(chart) {
  const many = (number) => number.toLocaleString("en");
  const shown = chart.is_sample ? `${many(chart.points)} of ${many(chart.rows)} rows, drawn by lot` : `${many(chart.rows)} rows`;
  const coloured = chart.colour ? `, coloured by ${chart.colour}` : "";
  if (chart.kind === "histogram") return `Histogram of ${chart.x}${coloured}: ${shown}${chart.is_clipped ? "; values far outside are counted in the outermost bars" : ""}.`;
  if (chart.kind === "bar") return `${chart.measure === "count" ? "Rows" : capital(chart.measure)} by ${chart.x}${coloured}: ${chart.values > 50 ? `the 50 commonest of ${many(chart.values)} values` : `${many(chart.values)} values`}.`;
  return `${capital(chart.kind)} of ${chart.y}${chart.x ? ` by ${chart.x}` : ""}${coloured}: ${shown}.`;
}

// Times come as seconds since 1970, everything else as it is.
function moment(value) {
  return value !== null && typeof value === "object" && "epoch" in value ? new Date(value.epoch * 1000) : value;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
