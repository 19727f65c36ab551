// The document of a pipeline as the canvas's one model: pure functions that read it. `edits.js` has those that change it.
// A node is known by its id: the name of a job, or "inputs.NAME" for a data input of the pipeline.
import { DATA_PORT, IN_PORT, inputType, isDataType, read } from "./references.js";

export const CONTROLS = { if_else: ["true_block", "false_block"], do_while: ["body"], parallel_for: ["body"] };
export const BOUND = { if_else: ["condition"], do_while: ["condition"], parallel_for: ["items"] }; // fields that hold a wire of data
const LOOPS = new Set(["do_while", "parallel_for"]);
const NAME = /^[a-z][a-z0-9_]*$/;
export const GRID = 20;

export function emptyDocument() {
  return { type: "pipeline", display_name: "", experiment_name: "", description: "", tags: {}, properties: {}, inputs: {}, outputs: {}, settings: {}, jobs: {}, layout: {} };
}

export function isData(id) {
  return id.startsWith("inputs.");
}

export function nameOf(id) {
  return isData(id) ? id.slice("inputs.".length) : id;
}

export function jobsOf(document) {
  return document.jobs ?? {};
}

export function dataInputs(document) {
  return Object.keys(document.inputs ?? {}).filter((name) => isDataType(inputType(document.inputs[name])));
}

export function literalInputs(document) {
  return Object.keys(document.inputs ?? {}).filter((name) => !isDataType(inputType(document.inputs[name])));
}

export function idsOf(document) {
  return [...dataInputs(document).map((name) => `inputs.${name}`), ...Object.keys(jobsOf(document))];
}

export function has(document, id) {
  return isData(id) ? dataInputs(document).includes(nameOf(id)) : id in jobsOf(document);
}

// Every wire, in the order of the document: { id, from, fromPort, to, toPort, isControl, isBack }. Worked out once for a document.
// Back goes what a do_while reads of its own body: that decides on another round, and is no circle.
export function wiresOf(document) {
  if (!wiresMemo.has(document)) wiresMemo.set(document, readWires(document));
  return wiresMemo.get(document);
}

const wiresMemo = new WeakMap();
const afterMemo = new WeakMap();

function readWires(document) {
  const wires = [];
  const there = new Set(idsOf(document));
  const jobs = jobsOf(document);
  const add = (from, fromPort, to, toPort, isControl = false) => {
    const isBack = toPort === "condition" && jobs[to]?.type === "do_while" && bodyOf(jobs[to]) === from;
    if (there.has(from)) wires.push({ id: `${from}.${fromPort}>${to}.${toPort}`, from, fromPort, to, toPort, isControl, isBack });
  };
  for (const [name, job] of Object.entries(jobsOf(document))) {
    for (const [port, value] of Object.entries(job.inputs ?? {})) addBound(add, read(value), name, port);
    for (const field of BOUND[job.type] ?? []) addBound(add, read(job[field]), name, field);
    for (const field of CONTROLS[job.type] ?? []) {
      for (const block of blocksOf(job[field])) if (there.has(block)) add(name, field, block, IN_PORT, true);
    }
  }
  return wires;
}

// The step that a loop goes round with, or "".
export function bodyOf(job) {
  return LOOPS.has(job?.type) ? blocksOf(job.body)[0] ?? "" : "";
}

// The loop that a step is the body of, or "".
export function loopOf(document, name) {
  return Object.keys(jobsOf(document)).find((one) => bodyOf(jobsOf(document)[one]) === name) ?? "";
}

function addBound(add, bound, to, port) {
  if (bound?.job) add(bound.job, bound.port, to, port);
  if (bound?.input) add(`inputs.${bound.input}`, DATA_PORT, to, port);
}

function blocksOf(value) {
  return (Array.isArray(value) ? value : [value]).map((one) => read(one)?.block).filter(Boolean);
}

export function after(document) {
  if (afterMemo.has(document)) return afterMemo.get(document);
  const next = new Map(idsOf(document).map((id) => [id, []]));
  for (const wire of wiresOf(document)) if (!wire.isBack) next.get(wire.from)?.push(wire.to);
  afterMemo.set(document, next);
  return next;
}

// The way from one node to another along the wires, or null.
export function pathBetween(document, from, to) {
  const next = after(document);
  const cameFrom = new Map([[from, null]]);
  const waiting = [from];
  while (waiting.length) {
    const id = waiting.shift();
    if (id === to) {
      const way = [];
      for (let at = id; at !== null; at = cameFrom.get(at)) way.unshift(at);
      return way;
    }
    for (const other of next.get(id) ?? []) {
      if (cameFrom.has(other)) continue;
      cameFrom.set(other, id);
      waiting.push(other);
    }
  }
  return null;
}

// Every node that lies on a circle of wires.
export function onCycle(document) {
  const next = after(document);
  const before = new Map([...next.keys()].map((id) => [id, 0]));
  for (const all of next.values()) for (const id of all) before.set(id, (before.get(id) ?? 0) + 1);
  const free = [...before].filter(([, count]) => !count).map(([id]) => id);
  while (free.length) {
    for (const id of next.get(free.pop()) ?? []) {
      before.set(id, before.get(id) - 1);
      if (!before.get(id)) free.push(id);
    }
  }
  return [...before].filter(([id, count]) => count > 0 && pathBack(document, id)).map(([id]) => id);
}

function pathBack(document, id) {
  return (after(document).get(id) ?? []).some((other) => pathBetween(document, other, id));
}

// A name that is free and can stand in a file: "Train Model" becomes train_model, train_model_2, …
export function freeName(taken, wanted) {
  const plain = wanted.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60) || "step";
  const start = NAME.test(plain) ? plain : `step_${plain}`;
  const base = start.replace(/_\d+$/, "") || start;
  if (!taken.has(start)) return start;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
}

export function nameProblem(document, id, name) {
  if (name === nameOf(id)) return "";
  if (!NAME.test(name)) return "A name has small letters, digits and _, and begins with a letter.";
  const taken = isData(id) ? name in (document.inputs ?? {}) : name in jobsOf(document);
  return taken ? `There is ${isData(id) ? "an input" : "a step"} ${name} already.` : "";
}

// The name under which a port's value leaves the pipeline, or "".
export function resultAt(document, name, port) {
  return read(jobsOf(document)[name]?.outputs?.[port])?.result ?? "";
}

// Nodes before and after a node, by the wires: for the keys and for what is marked.
export function neighbours(document, id) {
  const wires = wiresOf(document);
  return { before: [...new Set(wires.filter((wire) => wire.to === id).map((wire) => wire.from))], after: [...new Set(wires.filter((wire) => wire.from === id).map((wire) => wire.to))] };
}
