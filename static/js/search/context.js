// What is being typed at a place of a search text: a field, an operator, a value, or what joins two conditions.
// The server's grammar (studio/search/grammar.lark) decides what is right; this only knows its words.

const TOKEN = /(`[^`]*(?:`|$))|('(?:[^']|'')*(?:'|$))|([=<>!~]+)|([(),])|("(?:[^"]|"")*(?:"|$))|((?:[^\s'"`(),;=<>!~]|`[^`]*`|(?<=\.)"(?:[^"]|"")*(?:"|$))+)/g;
const JOINTS = new Set(["and", "or"]);
const NUMBERS = ["metrics"];
const TIMES = new Set(["start_time", "end_time", "created", "started", "ended", "creation_timestamp", "last_updated_timestamp", "updated"]);
const ALIASES = { metric: "metrics", param: "params", parameter: "params", parameters: "params", tag: "tags", attr: "attributes", attribute: "attributes", run: "attributes", dataset: "datasets" };

function tokens(text) {
  return [...text.matchAll(TOKEN)].map((match) => {
    const [word, backticked, single, operator, mark, double] = match;
    const kind = single !== undefined ? "text" : operator !== undefined ? "operator" : mark !== undefined ? mark : double !== undefined ? "double" : "name";
    return { word, kind, start: match.index, end: match.index + word.length, lower: word.toLowerCase(), backticked };
  });
}

// "metrics.`val loss`" -> ["metrics", "val loss"]; a name without a family is an attribute.
export function fieldOf(word) {
  const plain = word.replace(/[`"]/g, "");
  const dot = plain.indexOf(".");
  if (dot < 0) return { family: "attributes", key: plain };
  const family = plain.slice(0, dot);
  return { family: ALIASES[family] ?? family, key: plain.slice(dot + 1) };
}

export function kindOf({ family, key }) {
  if (NUMBERS.includes(family) || (family === "attributes" && key === "duration")) return "number";
  return family === "attributes" && TIMES.has(key) ? "time" : "text";
}

// { state: "field" | "operator" | "value" | "joint", word, start, end, field }: `word` is what stands from start to the caret.
export function contextAt(text, caret) {
  const before = tokens(text.slice(0, caret));
  const last = before.at(-1);
  const isTouching = last && last.end === caret && !["(", ")", ","].includes(last.kind);
  const current = isTouching ? before.pop() : null;
  const found = walk(before);
  const whole = current ? tokens(text).find((token) => token.start === current.start) : null;
  const context = { ...found, word: current?.word ?? "", start: current?.start ?? caret, end: whole?.end ?? caret };
  if (current?.kind === "operator") return { ...context, state: "operator" };
  return context;
}

// The state after all these tokens.
function walk(before) {
  let state = "field";
  let field = null;
  let depth = 0;
  let inList = false;
  for (const { word, kind, lower } of before) {
    if (kind === "(") {
      inList = state === "value";
      depth += 1;
    } else if (kind === ")") {
      depth -= 1;
      state = "joint";
      inList = false;
    } else if (kind === ",") {
      state = inList ? "value" : "field";
    } else if (state === "joint" || state === "field") {
      if (state === "joint" && !JOINTS.has(lower)) continue;
      if (JOINTS.has(lower) || lower === "not") state = "field";
      else if (kind === "name" || kind === "double") [state, field] = ["operator", fieldOf(word)];
      else state = "joint";
    } else if (state === "operator") {
      if (JOINTS.has(lower)) state = "field";
      else if (kind === "operator" || ["in", "like", "ilike", "rlike"].includes(lower)) state = "value";
      else if (lower === "null") state = "joint";
    } else if (state === "value") {
      state = "joint";
    }
  }
  return { state, field, depth };
}
