// Which colour and dash pattern each run has: its own, one for each value of a field, or a scale by a number.

const OKABE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#000000"];
const OKABE_DARK = ["#4aa8e0", "#e69f00", "#1fc48f", "#e39cc6", "#f07d2e", "#8ccdf2", "#f0e442", "#ffffff"];
const VIRIDIS = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const VIRIDIS_DARK = ["#7a5bb0", "#6d78c0", "#5590c4", "#41a4bd", "#2fb7a9", "#3ec894", "#6fd67a", "#a0de55", "#cde33c", "#fde725"];
const FEW_VALUES = 12;

export function tokensNow() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    isDark: document.documentElement.dataset.theme === "dark",
    ground: token("--bg"),
    text: token("--text"),
    muted: token("--text-muted"),
    grid: token("--hairline"),
    border: token("--border"),
    accent: token("--accent"),
    font: token("--font-sans"),
    series: Array.from({ length: 12 }, (_, slot) => token(`--series-${slot + 1}`)),
  };
}

// id → {colour, dash}. `values` holds the fields' columns in the order of the runs.
export function coloursOf(runs, state, values, tokens) {
  const colours = colourColumn(runs, state, values, tokens);
  const dashes = dashColumn(runs, state, values);
  return new Map(runs.map((run, at) => [run.id, { colour: colours[at], dash: dashes[at] }]));
}

export function coloursOfGroups(groups, state, tokens) {
  const set = state.palette === "okabe" ? okabe(tokens) : null;
  return groups.map((group, at) => (set ? { colour: set[at % set.length], dash: Math.floor(at / set.length) } : { colour: tokens.series[(group.slot - 1) % 12], dash: group.dash }));
}

function okabe(tokens) {
  return tokens.isDark ? OKABE_DARK : OKABE;
}

function colourColumn(runs, state, values, tokens) {
  if (state.palette === "viridis") return scale(values[state.by] ?? runs.map((_, at) => at), tokens);
  const column = state.colour && values[state.colour];
  const set = state.palette === "okabe" ? okabe(tokens) : tokens.series;
  if (column) {
    const distinct = distinctOf(column);
    if (distinct.length > FEW_VALUES && column.every((value) => value === null || typeof value === "number")) return scale(column, tokens);
    return column.map((value) => (value === null ? tokens.muted : set[distinct.indexOf(value) % set.length]));
  }
  if (state.palette === "okabe") return runs.map((_, at) => set[at % set.length]);
  return runs.map((run) => tokens.series[(run.slot - 1) % 12]);
}

function dashColumn(runs, state, values) {
  const column = state.dash && values[state.dash];
  if (column) return column.map((value) => Math.max(0, distinctOf(column).indexOf(value)));
  if (state.colour || state.palette === "viridis") return runs.map(() => 0);
  return state.palette === "okabe" ? runs.map((_, at) => Math.floor(at / OKABE.length)) : runs.map((run) => run.dash);
}

export function distinctOf(column) {
  return [...new Set(column.filter((value) => value !== null && value !== undefined))].sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true })));
}

// By rank, not by size: one far value would leave one colour for all others.
function scale(column, tokens) {
  const ranks = distinctOf(column);
  const steps = tokens.isDark ? VIRIDIS_DARK : VIRIDIS.slice(0, 9);
  return column.map((value) => (value === null || value === undefined ? tokens.muted : steps[Math.round((ranks.indexOf(value) / Math.max(1, ranks.length - 1)) * (steps.length - 1))]));
}
