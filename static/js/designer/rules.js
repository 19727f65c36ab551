// The column picker's rule as text, read and written: `make, price` or `all; exclude names "x"; include types numeric`.

const STEP = /^\s*(include|exclude)\s+(names|indices|types|roles)\s+/i;
const START = /^\s*(all|none)\s*(?:;|$)/i;
const QUOTED = /^\s*"((?:[^"\\]|\\.)*)"\s*/s;
const BARE = /^\s*([^",;]+?)\s*(?=[,;]|$)/s;

// { start, steps: [{ action, by, values }] }, or null for a text that is no rule.
export function readRule(text) {
  const given = String(text ?? "");
  if (!given.trim()) return { start: "none", steps: [] };
  const start = START.exec(given);
  if (start) return withSteps(start[1].toLowerCase(), given.slice(start[0].length));
  const first = STEP.exec(given);
  if (first) return withSteps(first[1].toLowerCase() === "include" ? "none" : "all", given);
  const [values, rest] = valuesOf(given);
  return values && !rest.trim() ? { start: "none", steps: [{ action: "include", by: "names", values }] } : null;
}

function withSteps(start, text) {
  const steps = [];
  let rest = text;
  while (rest.trim()) {
    const head = STEP.exec(rest);
    if (!head) return null;
    const [values, after] = valuesOf(rest.slice(head[0].length));
    if (!values) return null;
    steps.push({ action: head[1].toLowerCase(), by: head[2].toLowerCase(), values });
    rest = after.replace(/^\s*;/, "");
  }
  return { start, steps };
}

function valuesOf(text) {
  const values = [];
  let rest = text;
  for (;;) {
    const quoted = QUOTED.exec(rest);
    const found = quoted ?? BARE.exec(rest);
    if (!found) return [null, rest];
    values.push(quoted ? found[1].replace(/\\(.)/gs, "$1") : found[1]);
    rest = rest.slice(found[0].length);
    if (!rest.startsWith(",")) return [values, rest];
    rest = rest.slice(1);
  }
}

export function writeRule({ start, steps }) {
  const kept = steps.filter((step) => step.values.length);
  const [only] = kept;
  if (start === "none" && kept.length === 1 && only.action === "include" && only.by === "names") {
    const short = only.values.map(plainOrQuoted).join(", ");
    if (!START.test(short) && !STEP.test(short)) return short;
  }
  if (start === "none" && !kept.length) return "";
  return [start, ...kept.map((step) => `${step.action} ${step.by} ${step.values.map((value) => (step.by === "names" ? inQuotes(value) : value)).join(", ")}`)].join("; ");
}

// The names a rule is made of when it names columns only, or null: then ticks are enough to edit it.
export function namesIn(rule) {
  if (!rule || rule.start !== "none") return null;
  if (!rule.steps.length) return [];
  const [step] = rule.steps;
  return rule.steps.length === 1 && step.action === "include" && step.by === "names" ? step.values : null;
}

// Which of the known columns a rule picks, in their order: [{ name, kind, role }].
export function picked(rule, columns) {
  const chosen = new Set(rule.start === "all" ? columns.map((column) => column.name) : []);
  for (const step of rule.steps) {
    for (const name of foundBy(step, columns)) step.action === "include" ? chosen.add(name) : chosen.delete(name);
  }
  return columns.filter((column) => chosen.has(column.name)).map((column) => column.name);
}

function foundBy({ by, values }, columns) {
  if (by === "names") return values;
  if (by === "types") return columns.filter((column) => values.includes(column.kind)).map((column) => column.name);
  if (by === "roles") return columns.filter((column) => values.includes(column.role)).map((column) => column.name);
  return values.flatMap((value) => {
    const [first, last] = value.split("-").map(Number);
    return columns.slice(first - 1, last || first).map((column) => column.name);
  });
}

function plainOrQuoted(name) {
  return name && name === name.trim() && !/[",;]/.test(name) ? name : inQuotes(name);
}

function inQuotes(name) {
  return `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
