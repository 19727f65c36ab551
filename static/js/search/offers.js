// What could be typed next, for a context of context.js: words of the language at once, the workspace's own keys and values
// from the server.
import { fieldOf, kindOf } from "./context.js";

const OPERATORS = {
  number: [["<", "less than"], [">", "more than"], ["<=", "at most"], [">=", "at least"], ["=", "equal to"], ["!=", "not equal to"], ["IS NULL", "not there"]],
  time: [[">", "after"], ["<", "before"], [">=", "at or after"], ["<=", "at or before"]],
  text: [["=", "equal to"], ["!=", "not equal to"], ["IN (", "one of"], ["LIKE", "with % for anything"], ["ILIKE", "the same, any case"], ["~", "matches the regular expression"], ["!~", "does not match"], ["IS NULL", "not there"], ["IS NOT NULL", "there"]],
};
const TIMES = [["1h", "the last hour"], ["1d", "the last day"], ["7d", "the last seven days"], ["4w", "the last four weeks"]];
const FAMILIES = ["metrics", "params", "tags", "attributes", "datasets"];

const option = ([text, detail]) => ({ text, label: text, detail });
const begins = (word) => ({ label }) => label.toLowerCase().startsWith(word.toLowerCase());

// Options `{ text, label, detail, space }` and whether they replace what was typed.
export async function offersFor(context, ask) {
  if (context.state === "operator") return operators(context);
  if (context.state === "joint") return joints(context);
  return context.state === "value" ? values(context, ask) : fields(context, ask);
}

function operators(context) {
  if (!context.field) return [];
  const word = /^[=<>!~]*$/.test(context.word) ? "" : context.word;
  return OPERATORS[kindOf(context.field)].map(option).filter(begins(word));
}

function joints(context) {
  const words = [["AND", "both must hold"], ["OR", "one is enough"]].map(option).filter(begins(context.word));
  return context.depth > 0 && !context.word ? [...words, { text: ")", label: ")", detail: "close the bracket" }] : words;
}

async function fields(context, ask) {
  const typed = context.word.replace(/[`"]/g, "");
  const named = fieldOf(context.word);
  const isNamed = typed.includes(".") && FAMILIES.includes(named.family);
  return ask(isNamed ? { family: named.family, prefix: named.key } : { prefix: typed });
}

async function values(context, ask) {
  const kind = kindOf(context.field);
  if (kind === "number") return [];
  if (kind === "time") return TIMES.map(option).filter(begins(context.word));
  const prefix = context.word.replace(/^['"]|['"]$/g, "");
  return ask({ family: context.field.family, key: context.field.key, prefix });
}
