// Nodes as text: what copy puts on the clipboard and paste takes from it, in this pipeline or in another one.
import { freeName, isData, jobsOf, nameOf } from "./graph.js";
import { read, renamed } from "./references.js";

const MARK = "atelier pipeline nodes";

// The chosen nodes with the wires between them, as JSON text. Wires from outside stay named, so that a paste into the same
// pipeline keeps them; the pipeline's parameters that are used come along.
export function pieceOf(document, ids) {
  const chosen = new Set(ids);
  const jobs = Object.fromEntries(Object.entries(jobsOf(document)).filter(([name]) => chosen.has(name)));
  const inputs = {};
  for (const id of ids) if (isData(id)) inputs[nameOf(id)] = document.inputs[nameOf(id)];
  for (const job of Object.values(jobs)) {
    for (const value of Object.values(job.inputs ?? {})) {
      const name = read(value)?.input;
      if (name && document.inputs?.[name] !== undefined && !isPlaced(document, name)) inputs[name] = document.inputs[name];
    }
  }
  const layout = Object.fromEntries(ids.filter((id) => document.layout?.[id]).map((id) => [id, document.layout[id]]));
  return JSON.stringify({ $about: MARK, inputs, jobs, layout }, null, 2);
}

function isPlaced(document, name) {
  return `inputs.${name}` in (document.layout ?? {});
}

// The piece a text holds, or null. A whole pipeline in JSON is a piece too.
export function readPiece(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  const isPiece = found && typeof found === "object" && !Array.isArray(found) && found.jobs && typeof found.jobs === "object";
  return isPiece ? { inputs: found.inputs ?? {}, jobs: found.jobs, layout: found.layout ?? {} } : null;
}

// The document with a piece in it under names that were free, and the new ids. `at` is where its top left corner goes.
export function pasted(document, piece, at) {
  const taken = new Set(Object.keys(jobsOf(document)));
  const takenInputs = new Set(Object.keys(document.inputs ?? {}));
  let jobs = piece.jobs;
  const ids = [];
  const inputs = { ...document.inputs };
  const layout = {};
  for (const [name, input] of Object.entries(piece.inputs)) {
    const wasPlaced = `inputs.${name}` in piece.layout;
    if (!wasPlaced && name in inputs) continue; // a parameter of that name is there: it is meant
    const free = wasPlaced ? freeName(takenInputs, name) : name;
    takenInputs.add(free);
    inputs[free] = input;
    if (free !== name) jobs = mapped(jobs, (job) => renamed(job, "inputs", name, free));
    if (wasPlaced) layout[`inputs.${free}`] = piece.layout[`inputs.${name}`];
    if (wasPlaced) ids.push(`inputs.${free}`);
  }
  const names = new Map();
  for (const name of Object.keys(jobs)) {
    const free = freeName(taken, name);
    taken.add(free);
    names.set(name, free);
  }
  // Two steps, through names that nobody has: a → a_2 while a_2 → a_3 must not run into each other.
  for (const name of names.keys()) jobs = mapped(jobs, (job) => renamed(job, "jobs", name, `__${name}__`));
  for (const [name, free] of names) jobs = mapped(jobs, (job) => renamed(job, "jobs", `__${name}__`, free));
  const added = {};
  for (const [name, free] of names) {
    added[free] = loosened(jobs[name], document, inputs, taken);
    ids.push(free);
    if (piece.layout[name]) layout[free] = piece.layout[name];
  }
  const next = { ...document, inputs, jobs: { ...jobsOf(document), ...added }, layout: { ...document.layout, ...shifted(layout, at) } };
  return [next, ids];
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

// Without wires from nodes that are not here, and without the outputs of the pipeline, which another node has.
function loosened(job, document, inputs, taken) {
  const inHere = (value) => {
    const bound = read(value);
    if (bound?.job) return taken.has(bound.job);
    return !bound?.input || bound.input in inputs;
  };
  const kept = Object.fromEntries(Object.entries(job.inputs ?? {}).filter(([, value]) => inHere(value)));
  const outputs = Object.fromEntries(Object.entries(job.outputs ?? {}).filter(([, value]) => !read(value)?.result));
  return { ...job, inputs: kept, outputs };
}

function shifted(layout, at) {
  const places = Object.values(layout);
  if (!places.length || !at) return layout;
  const left = Math.min(...places.map(([x]) => x));
  const top = Math.min(...places.map(([, y]) => y));
  return mapped(layout, ([x, y]) => [Math.round(x - left + at[0]), Math.round(y - top + at[1])]);
}
