// What is done to the document of a pipeline: pure functions that take one and answer the next, the same where nothing changes.
import { BOUND, bodyOf, CONTROLS, freeName, isData, jobsOf, nameOf, resultAt } from "./graph.js";
import { IN_PORT, read, renamed, toBlock, toInput, toOutput, toResult } from "./references.js";

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
