// What a person has set on a page of charts, kept in the address so that reload, back and a shared link restore it.

export const DEFAULTS = { smooth: 0, method: "twema", x: "step", logx: false, logy: false, q: "" };

// `start` is the x axis of a page that has none in its address: time for what a machine reports, steps otherwise.
export function readState(start = DEFAULTS.x) {
  const query = new URLSearchParams(window.location.search);
  const amount = Number(query.get("smooth"));
  return {
    smooth: amount > 0 ? Math.min(amount, 0.99) : 0,
    method: query.get("method") === "ema" ? "ema" : "twema",
    x: ["step", "relative", "wall"].includes(query.get("x")) ? query.get("x") : start,
    start,
    logx: query.get("logx") === "1",
    logy: query.get("logy") === "1",
    q: query.get("q") ?? "",
    closed: new Set(query.getAll("closed")),
    hidden: new Set(query.getAll("hide")),
    full: query.get("full") ?? "",
    zooms: zoomsIn(query),
  };
}

// `zoom=train/loss~100~250`: the key may hold anything, the edges come last.
function zoomsIn(query) {
  const zooms = new Map();
  for (const entry of query.getAll("zoom")) {
    const [high, low, ...key] = entry.split("~").reverse();
    const edges = [Number(low), Number(high)];
    if (key.length && edges.every(Number.isFinite)) zooms.set(key.reverse().join("~"), edges);
  }
  return zooms;
}

export function writeState(state) {
  const address = new URL(window.location.href);
  const query = address.searchParams;
  for (const name of Object.keys(DEFAULTS)) {
    const value = state[name];
    if (value === (name === "x" ? state.start : DEFAULTS[name])) query.delete(name);
    else query.set(name, value === true ? "1" : value);
  }
  putAll(query, "closed", [...state.closed]);
  putAll(query, "hide", [...state.hidden]);
  putAll(query, "zoom", [...state.zooms].map(([key, [low, high]]) => `${key}~${low}~${high}`));
  putAll(query, "full", state.full ? [state.full] : []);
  const text = address.pathname + address.search + address.hash;
  if (text !== window.location.pathname + window.location.search + window.location.hash) window.history.replaceState(window.history.state, "", text);
}

function putAll(query, name, values) {
  query.delete(name);
  for (const value of values) query.append(name, value);
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
