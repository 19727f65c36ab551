// The document of a pipeline as the canvas's one model: pure functions that take a document and answer a new one.
// A node is known by its id: the name of a job, or "inputs.NAME" for a data input of the pipeline.
import { DATA_PORT, IN_PORT, inputType, isDataType, read, renamed, toBlock, toInput, toOutput, toResult } from "./references.js";

export const CONTROLS = { if_else: ["true_block", "false_block"], do_while: ["body"], parallel_for: ["body"] };
const BOUND = { if_else: ["condition"], do_while: ["condition"], parallel_for: ["items"] }; // fields that hold a wire of data
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

export function addJob(document, job, place, wanted) {
  const name = freeName(new Set(Object.keys(jobsOf(document))), wanted);
  return [placed({ ...document, jobs: { ...jobsOf(document), [name]: job } }, { [name]: place }), name];
}

export function addComponent(document, declaration, place) {
  const type = declaration.type === "pipeline" ? "pipeline" : "command";
  return addJob(document, { type, component: declaration.reference, inputs: {}, outputs: {} }, place, declaration.name);
}

export function addData(document, input, place, wanted) {
  const name = freeName(new Set(Object.keys(document.inputs ?? {})), wanted);
  const id = `inputs.${name}`;
  return [placed({ ...document, inputs: { ...document.inputs, [name]: input } }, { [id]: place }), id];
}

export function placed(document, places) {
  const snapped = Object.entries(places).map(([id, [x, y]]) => [id, [Math.round(x), Math.round(y)]]);
  return { ...document, layout: { ...document.layout, ...Object.fromEntries(snapped) } };
}

// Nodes go with every wire from and to them; blocks and bodies that named them are empty afterwards.
export function removed(document, ids) {
  const gone = new Set(ids);
  const points = (value) => {
    const bound = read(value);
    return Boolean(bound) && (gone.has(bound.job) || gone.has(bound.block) || gone.has(`inputs.${bound.input}`));
  };
  const without = (object) => Object.fromEntries(Object.entries(object ?? {}).filter(([, value]) => !points(value)));
  const jobs = {};
  for (const [name, job] of Object.entries(jobsOf(document))) {
    if (gone.has(name)) continue;
    jobs[name] = { ...job, inputs: without(job.inputs) };
    for (const field of [...(BOUND[job.type] ?? []), ...(CONTROLS[job.type] ?? [])]) {
      if (Array.isArray(job[field])) jobs[name][field] = job[field].filter((one) => !points(one));
      else if (points(job[field])) delete jobs[name][field];
    }
    if (gone.has(bodyOf(job))) delete jobs[name].mapping;
  }
  const keep = (object, prefix) => Object.fromEntries(Object.entries(object ?? {}).filter(([name]) => !gone.has(prefix + name)));
  return withoutUnusedOutputs({ ...document, inputs: keep(document.inputs, "inputs."), jobs, layout: keep(document.layout, "") });
}

function withoutUnusedOutputs(document) {
  const used = new Set(Object.values(jobsOf(document)).flatMap((job) => Object.values(job.outputs ?? {}).map((value) => read(value)?.result)));
  const outputs = Object.fromEntries(Object.entries(document.outputs ?? {}).filter(([name]) => used.has(name)));
  return { ...document, outputs };
}

function withJob(document, name, change) {
  return { ...document, jobs: { ...jobsOf(document), [name]: change(jobsOf(document)[name]) } };
}

function isField(job, port) {
  return (BOUND[job.type] ?? []).includes(port);
}

// A wire: the one that was at the port before is gone. A control wire sets a block of the node it comes from.
export function connected(document, { from, fromPort, to, toPort }) {
  if (toPort === IN_PORT) return withJob(document, from, (job) => withBlock(job, fromPort, to));
  const value = isData(from) ? toInput(nameOf(from)) : toOutput(from, fromPort);
  return withInput(document, to, toPort, value);
}

// What led from round to round named the ports of the body that was there before.
function withBlock(job, field, block) {
  const { mapping, ...rest } = job;
  const keeps = mapping && (field !== "body" || bodyOf(job) === block);
  return { ...(keeps ? job : rest), [field]: toBlock(block) };
}

export function disconnected(document, { from, fromPort, to, toPort }) {
  if (toPort === IN_PORT) return withJob(document, from, (job) => without(job, fromPort));
  return withInput(document, to, toPort, undefined);
}

// A wire, a literal or a binding at a port or a parameter; undefined takes it away.
export function withInput(document, name, port, value) {
  return withJob(document, name, (job) => {
    if (isField(job, port)) return value === undefined ? without(job, port) : { ...job, [port]: value };
    const inputs = value === undefined ? without(job.inputs ?? {}, port) : { ...job.inputs, [port]: value };
    return { ...job, inputs };
  });
}

function without(object, name) {
  const { [name]: _, ...rest } = object;
  return rest;
}

// A field of a node, or one below: ["limits", "timeout"]. An empty value takes it away, and the object that is empty then.
export function withField(document, name, path, value) {
  return withJob(document, name, (job) => setAt(job, path, value));
}

export function setAt(object, [first, ...rest], value) {
  const next = rest.length ? setAt(object?.[first] ?? {}, rest, value) : value;
  const isEmpty = next === undefined || next === "" || next === null || (typeof next === "object" && !Array.isArray(next) && !Object.keys(next).length);
  return isEmpty ? without(object ?? {}, first) : { ...object, [first]: next };
}

// Another name: wires, blocks, the place on the canvas, all follow; the order of the document stays.
export function renamedNode(document, id, name) {
  const from = nameOf(id);
  if (from === name) return document;
  const kind = isData(id) ? "inputs" : "jobs";
  const key = (each) => (each === from ? name : each);
  const jobs = Object.entries(jobsOf(document)).map(([each, job]) => [isData(id) ? each : key(each), renamed(job, kind, from, name)]);
  const layout = Object.entries(document.layout ?? {}).map(([each, place]) => [each === id ? (isData(id) ? `inputs.${name}` : name) : each, place]);
  const inputs = isData(id) ? Object.fromEntries(Object.entries(document.inputs).map(([each, input]) => [key(each), input])) : document.inputs;
  return { ...document, inputs, jobs: Object.fromEntries(jobs), layout: Object.fromEntries(layout) };
}

export function withPipelineInput(document, name, input) {
  if (input !== undefined) return { ...document, inputs: { ...document.inputs, [name]: input } };
  return removed(document, [`inputs.${name}`]);
}

// The name under which a port's value leaves the pipeline, or "".
export function resultAt(document, name, port) {
  return read(jobsOf(document)[name]?.outputs?.[port])?.result ?? "";
}

export function withResult(document, name, port, type, wanted) {
  const before = resultAt(document, name, port);
  if (!wanted) {
    const next = withJob(document, name, (job) => ({ ...job, outputs: without(job.outputs ?? {}, port) }));
    return withoutUnusedOutputs(next);
  }
  if (before === wanted) return document;
  const result = before ? document.outputs?.[before] : { type };
  const next = withJob(document, name, (job) => ({ ...job, outputs: { ...job.outputs, [port]: toResult(wanted) } }));
  return withoutUnusedOutputs({ ...next, outputs: { ...next.outputs, [wanted]: result ?? { type } } });
}

export function withSetting(document, path, value) {
  return setAt(document, path, value);
}

// Nodes before and after a node, by the wires: for the keys and for what is marked.
export function neighbours(document, id) {
  const wires = wiresOf(document);
  return { before: [...new Set(wires.filter((wire) => wire.to === id).map((wire) => wire.from))], after: [...new Set(wires.filter((wire) => wire.from === id).map((wire) => wire.to))] };
}
