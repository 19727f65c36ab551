// Which nodes would do something else now than in the run whose states they show.
import { after, idsOf, isData, jobsOf, nameOf } from "./graph.js";

export const STALE = "before this step or one above it changed"; // what is said beside such a state
const WORDS = new Set(["comment", "display_name", "description"]); // they change nothing that a step does
const NONE = new Set();
const memo = new WeakMap();

// The ids of what differs from `ran`, the document of that run, and of everything behind it.
export function staleSince(document, ran) {
  if (!ran || ran === document) return NONE;
  const differing = idsOf(document).filter((id) => isOther(partOf(document, id), partOf(ran, id)));
  const found = new Set(differing);
  for (const id of found) for (const next of after(document).get(id) ?? []) found.add(next); // a set is walked with what it gains
  return found;
}

function partOf(document, id) {
  return isData(id) ? document.inputs?.[nameOf(id)] : jobsOf(document)[id];
}

function isOther(now, then) {
  return now !== then && said(now) !== said(then) && (!isOpen(now, then) || said({ ...now, component: then.component }) !== said(then));
}

// A run names the version that the newest one was; the draft goes on saying "the newest".
function isOpen(now, then) {
  const [name, version] = [/^azureml:([^:@]+)(@latest)?$/.exec(now?.component), /^azureml:([^:@]+):/.exec(then?.component)];
  return Boolean(name && version && name[1] === version[1]);
}

function said(part) {
  if (part === null || typeof part !== "object") return JSON.stringify(part);
  if (!memo.has(part)) memo.set(part, JSON.stringify(part, inOrder));
  return memo.get(part);
}

// What is not given is written as nothing, or not at all.
function inOrder(key, value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const names = Object.keys(value).filter((name) => key || !(WORDS.has(name) || isNothing(value[name]))).sort();
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}

function isNothing(value) {
  return value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);
}
