// What a person has set on a page of charts, kept in the address so that reload, back and a shared link restore it.
// As an object (`saved`, `restore`) it is what a saved view keeps; the fields are those of runs/tracking/charts/state.py.

const CHOICES = {
  method: ["twema", "ema", "gaussian", "mean", "median"],
  logy: ["linear", "log", "symlog"],
  centre: ["mean", "median"],
  spread: ["std", "sem", "ci95", "minmax", "none"],
  palette: ["runs", "okabe", "viridis"],
};
const TEXTS = { group: "", colour: "", dash: "", facet: "", by: "", q: "" };
const FLAGS = ["logx", "zero", "outliers"];
const LISTS = { order: "order", closed: "closed", opened: "opened", pinned: "pin", hidden: "hide" };
const RANGES = [["zooms", "zoom"], ["ranges", "range"], ["brushes", "brush"]];
const OBJECTS = ["zooms", "ranges", "brushes", "steps", "picks"];
const NUMBERS = { columns: [0, 0, 6], height: [220, 120, 900] };

export function defaults(start = "step") {
  return {
    x: start, start, smooth: 0,
    ...Object.fromEntries(Object.entries(CHOICES).map(([name, [first]]) => [name, first])),
    ...TEXTS,
    ...Object.fromEntries(FLAGS.map((name) => [name, false])),
    ...Object.fromEntries(Object.entries(NUMBERS).map(([name, [first]]) => [name, first])),
    order: [], closed: new Set(), opened: new Set(), pinned: new Set(), hidden: new Set(),
    zooms: new Map(), ranges: new Map(), brushes: new Map(), sections: new Map(), cards: [], full: "",
    steps: new Map(), picks: new Map(),
  };
}

function isAxis(text) {
  return ["step", "relative", "wall"].includes(text) || /^metric:./.test(text ?? "");
}

// `start` is the x axis of a page that has none in its address: time for what a machine reports, steps otherwise.
export function readState(start) {
  const query = new URLSearchParams(window.location.search);
  const state = defaults(start);
  if (isAxis(query.get("x"))) state.x = query.get("x");
  const smooth = Number(query.get("smooth"));
  state.smooth = smooth > 0 ? Math.min(smooth, 0.99) : 0;
  for (const [name, choices] of Object.entries(CHOICES)) if (choices.includes(query.get(name))) state[name] = query.get(name);
  if (query.get("logy") === "1") state.logy = "log";
  for (const name of Object.keys(TEXTS)) state[name] = query.get(name) ?? "";
  for (const name of FLAGS) state[name] = query.get(name) === "1";
  for (const [name, [otherwise, least, most]] of Object.entries(NUMBERS)) {
    const number = Math.round(Number(query.get(name) || otherwise));
    state[name] = number >= least && number <= most ? number : otherwise;
  }
  for (const [name, short] of Object.entries(LISTS)) state[name] = name === "order" ? query.getAll(short) : new Set(query.getAll(short));
  state.zooms = rangesIn(query.getAll("zoom"));
  state.ranges = rangesIn(query.getAll("range"));
  state.brushes = rangesIn(query.getAll("brush"));
  state.steps = new Map(query.getAll("step").map(splitLast).map(([kind, step]) => [kind, Number(step)]).filter(([kind, step]) => kind && Number.isSafeInteger(step)));
  state.picks = new Map(query.getAll("pick").map(pickIn).filter(Boolean));
  state.sections = new Map(query.getAll("axis").map((text) => splitLast(text)).filter(([, x]) => isAxis(x)));
  state.cards = query.getAll("card").map(parsed).filter(Boolean);
  state.full = query.get("full") ?? "";
  return state;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function splitLast(text) {
  const at = text.lastIndexOf("~");
  return [text.slice(0, at), text.slice(at + 1)];
}

// `pick=table/worst~RUN~OTHER~1`: what is chosen in a card of media, its name first.
function pickIn(text) {
  const [share, other, run, ...name] = text.split("~").reverse();
  return name.length ? [name.reverse().join("~"), picked({ run, other, share: share === "1" })] : null;
}

// Without what is as at first; null where nothing is chosen.
export function picked({ run, other, share }) {
  const kept = { ...(run && { run }), ...(other && { other }), ...(share && { share }) };
  return Object.keys(kept).length ? kept : null;
}

// `zoom=train/loss~100~250`: the key may hold anything, the edges come last.
function rangesIn(entries) {
  const found = new Map();
  for (const entry of entries) {
    const [high, low, ...key] = entry.split("~").reverse();
    const edges = [Number(low), Number(high)];
    if (key.length && edges.every(Number.isFinite)) found.set(key.reverse().join("~"), edges);
  }
  return found;
}

export function writeState(state) {
  const address = new URL(window.location.href);
  const query = address.searchParams;
  const plain = defaults(state.start);
  const put = (name, value, otherwise) => (value === otherwise ? query.delete(name) : query.set(name, value === true ? "1" : value));
  for (const name of ["x", "smooth", ...Object.keys(CHOICES), ...Object.keys(TEXTS), ...FLAGS, ...Object.keys(NUMBERS)]) put(name, state[name], plain[name]);
  for (const [name, short] of Object.entries(LISTS)) putAll(query, short, [...state[name]]);
  for (const [name, short] of RANGES) putAll(query, short, [...state[name]].map(([key, [low, high]]) => `${key}~${low}~${high}`));
  putAll(query, "step", [...state.steps].map(([kind, step]) => `${kind}~${step}`));
  putAll(query, "pick", [...state.picks].map(([name, { run = "", other = "", share }]) => `${name}~${run}~${other}~${share ? 1 : ""}`));
  putAll(query, "axis", [...state.sections].map(([name, x]) => `${name}~${x}`));
  putAll(query, "card", state.cards.map((card) => JSON.stringify(card)));
  putAll(query, "full", state.full ? [state.full] : []);
  const text = address.pathname + address.search + address.hash;
  if (text !== window.location.pathname + window.location.search + window.location.hash) window.history.replaceState(window.history.state, "", text);
}

function putAll(query, name, values) {
  query.delete(name);
  for (const value of values) query.append(name, value);
}

// The state as a saved view keeps it: what differs from a fresh page.
export function saved(state) {
  const plain = defaults(state.start);
  const kept = { version: 1 };
  for (const name of ["x", "smooth", ...Object.keys(CHOICES), ...Object.keys(TEXTS), ...FLAGS, ...Object.keys(NUMBERS)]) if (state[name] !== plain[name]) kept[name] = state[name];
  for (const name of Object.keys(LISTS)) if ([...state[name]].length) kept[name] = [...state[name]];
  for (const name of OBJECTS) if (state[name].size) kept[name] = Object.fromEntries(state[name]);
  if (state.sections.size) kept.sections = Object.fromEntries([...state.sections].map(([name, x]) => [name, { x }]));
  if (state.cards.length) kept.cards = state.cards;
  return kept;
}

export function restore(kept, start) {
  const state = defaults(start);
  for (const [name, value] of Object.entries(kept ?? {})) {
    if (name === "version" || !(name in state)) continue;
    if (OBJECTS.includes(name)) state[name] = new Map(Object.entries(value));
    else if (name === "sections") state.sections = new Map(Object.entries(value).map(([section, own]) => [section, own.x]));
    else state[name] = state[name] instanceof Set ? new Set(value) : value;
  }
  return state;
}

// What a search of the keys matches: a pattern where it is one, else the plain text.
export function matcher(text) {
  if (!text) return () => true;
  try {
    const pattern = new RegExp(text, "i");
    return (key) => pattern.test(key);
  } catch {
    const low = text.toLowerCase();
    return (key) => key.toLowerCase().includes(low);
  }
}
