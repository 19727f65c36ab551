// What can be told about a document at once, before the studio is asked: what is not connected, not given, out of range.
import { after, idsOf, jobsOf, isData, loopOf, onCycle, pathBetween, wiresOf } from "./graph.js";
import { counts, misfit, partsOf } from "./declared.js";
import { connected } from "./edits.js";
import { IN_PORT, read } from "./references.js";

// [{ node, port, parameter, code, sentence }]: the shape the studio answers, so that one list shows both.
export function problemsOf(document, catalogue) {
  const parts = new Map(idsOf(document).map((id) => [id, partsOf(document, id, catalogue)]));
  const found = [];
  for (const [id, one] of parts) if (!isData(id)) found.push(...ofNode(document, id, one));
  for (const wire of wiresOf(document)) {
    const [from, to] = endsOf(parts, wire);
    if (!from || !to) continue;
    const why = misfit(from, to, wire.from);
    if (why) found.push({ node: wire.to, port: wire.toPort, parameter: "", code: "wrong_type", sentence: why });
  }
  const [first] = onCycle(document);
  if (first) found.push({ node: first, port: "", parameter: "", code: "cycle", sentence: `Data would go round in a circle: ${roundFrom(document, first).join(" → ")}. Take one of these wires away.` });
  return found;
}

function roundFrom(document, id) {
  const [next] = (after(document).get(id) ?? []).map((other) => pathBetween(document, other, id)).filter(Boolean);
  return [id, ...next];
}

export function endsOf(parts, wire) {
  const from = parts.get(wire.from)?.outputs.find((port) => port.name === wire.fromPort);
  const to = wire.toPort === IN_PORT ? { name: IN_PORT, label: "The step", type: "control" } : parts.get(wire.to)?.inputs.find((port) => port.name === wire.toPort);
  return [from, to];
}

function ofNode(document, id, parts) {
  const job = jobsOf(document)[id];
  const found = [];
  const add = (about, code, sentence) => found.push({ node: id, port: "", parameter: "", ...about, code, sentence });
  if (parts.isMissing) add({}, "unknown_component", `There is no component ${job.component} here any more.`);
  const brought = broughtBy(document, id);
  const given = { ...brought, ...job.inputs };
  for (const port of parts.isMissing ? [] : parts.inputs) {
    const value = parts.isControl ? job[port.name] : given[port.name];
    if (!port.optional && value === undefined && brought) add({ port: port.name }, "missing_input", `${port.label} is not connected.`);
  }
  for (const parameter of parts.parameters) {
    if (!counts(parameter, parts.parameters, given)) continue;
    const [code, sentence] = judged(parameter, given[parameter.name]);
    if (sentence && (brought || code !== "missing_input")) add({ parameter: parameter.name }, code, sentence);
  }
  return found;
}

// The inputs that the rounds of a for-each bring to its body, by name; null where that is known only when it runs.
function broughtBy(document, id) {
  const loop = jobsOf(document)[loopOf(document, id)];
  if (loop?.type !== "parallel_for") return {};
  const items = loop.items ?? "";
  if (typeof items === "string") return null;
  const rounds = Object.values(items).filter((one) => one !== null && typeof one === "object");
  const names = Object.keys(rounds[0] ?? {}).filter((name) => rounds.every((one) => one[name] !== undefined && one[name] !== null));
  return Object.fromEntries(names.map((name) => [name, rounds[0][name]]));
}

export function judged(parameter, given) {
  const { label, kind } = parameter;
  const value = given ?? parameter.default;
  if (value === undefined || value === null || (value === "" && kind !== "string")) {
    const isWanted = !parameter.optional && !["boolean", "string"].includes(kind) && given !== parameter.default;
    if (kind === "column" || kind === "columns") return parameter.optional ? ["", ""] : ["missing_input", `${label} is wanted: choose ${kind === "column" ? "a column" : "columns"}.`];
    return isWanted || (!parameter.optional && value === undefined && kind !== "boolean") ? ["missing_input", `${label} is wanted.`] : ["", ""];
  }
  if (read(value) || String(value).includes("${{")) return ["", ""];
  if (kind === "integer" || kind === "number") return number(parameter, value);
  if (kind === "choice" && parameter.choices && !parameter.choices.some((one) => one.toLowerCase() === String(value).trim().toLowerCase())) {
    return ["bad_value", `${label} must be one of ${parameter.choices.join(", ")}; ${quoted(value)} is given.`];
  }
  return ["", ""];
}

function number({ label, kind, minimum, maximum }, value) {
  const found = typeof value === "boolean" || String(value).trim() === "" ? NaN : Number(value);
  if (!Number.isFinite(found) || (kind === "integer" && !Number.isInteger(found))) return ["bad_value", `${label} must be a ${kind === "integer" ? "whole number" : "number"}; ${quoted(value)} is given.`];
  const [low, high] = [minimum ?? -Infinity, maximum ?? Infinity];
  if (found >= low && found <= high) return ["", ""];
  const wanted = Number.isFinite(low) && Number.isFinite(high) ? `between ${low} and ${high}` : Number.isFinite(low) ? `at least ${low}` : `at most ${high}`;
  return ["out_of_range", `${label} must be ${wanted}; ${value} is given.`];
}

function quoted(value) {
  return typeof value === "string" && (value.trim() === "" || Number.isNaN(Number(value))) ? `'${value}'` : String(value);
}

// Why a wire can't be drawn, or "". `parts` answers the parts of a node.
export function whyNotConnected(document, { from, fromPort, to, toPort }, parts) {
  if (from === to) return "A step can't feed itself.";
  const given = parts(from).outputs.find((port) => port.name === fromPort);
  const wanted = toPort === IN_PORT ? { name: IN_PORT } : parts(to).inputs.find((port) => port.name === toPort);
  if (!given || !wanted) return "A wire goes from an output to an input.";
  const why = misfit(given, wanted, from);
  if (why) return why;
  // A wire that decides on another round of a loop leads back, which is told only once it is there.
  const isAtLoop = [from, to].some((id) => jobsOf(document)[id]?.type === "do_while");
  const next = isAtLoop ? connected(document, { from, fromPort, to, toPort }) : null;
  if (next && wiresOf(next).some((wire) => wire.isBack && wire.from === from && wire.to === to && wire.toPort === toPort)) return "";
  const way = pathBetween(next ?? document, to, from);
  return way ? `Data would go round in a circle: ${[...way, to].join(" → ")}.` : "";
}
