// What a node's ports and parameters are: from the declaration of its component, or from the node itself.
import { bodyOf, CONTROLS, isData, jobsOf, nameOf } from "./graph.js";
import { DATA_PORT, IN_PORT, inputType, isDataType, isLiteralType, read } from "./references.js";

const CONTROL_WORDS = { if_else: "If / else", do_while: "Repeat while", parallel_for: "For each" };
const BLOCK_WORDS = { true_block: "If true", false_block: "If false", body: "Body" };
const TABLES = new Set(["Dataset", "uri_file", "uri_folder", "mltable"]); // a component reads any of them as a table
const STORED = new Set(["mlflow_model", "custom_model", "triton_model", "TrainedModel", "TrainedCluster", "Recommender", "Transform"]); // they are folders

// The catalogue by reference and by name; `azureml:name@latest` is the newest that is known.
export class Catalogue {
  constructor(declarations = []) {
    this.all = [];
    this.byReference = new Map();
    this.byName = new Map();
    this.add(declarations);
  }

  add(declarations) {
    for (const one of declarations) {
      this.byReference.set(one.reference, one);
      const [kind, name] = one.reference.split(/[:@]/);
      if (!this.byName.has(`${kind}:${name}`)) this.all.push(one);
      this.byName.set(`${kind}:${name}`, one);
    }
    return this;
  }

  // One older version of a component, which is not offered in the palette.
  know(declaration, reference = declaration.reference) {
    this.byReference.set(reference, declaration);
  }

  find(reference) {
    if (typeof reference !== "string") return null;
    const exact = this.byReference.get(reference);
    if (exact) return exact;
    const [kind, name, version] = reference.split(/[:@]/);
    return reference.includes("@") || !version ? this.byName.get(`${kind}:${name}`) ?? null : null;
  }
}

// { title, inputs, outputs, parameters, isMissing, declaration }: ports are { name, type, label, optional }.
export function partsOf(document, id, catalogue) {
  if (isData(id)) return dataParts(document, nameOf(id));
  const job = jobsOf(document)[id];
  if (CONTROLS[job.type]) return controlParts(document, job, catalogue);
  const declaration = typeof job.component === "string" ? catalogue.find(job.component) : null;
  if (declaration) return declaredParts(declaration);
  if (job.component && typeof job.component === "object") return inlineParts(job.component, job);
  return typeof job.component === "string" ? unknownParts(job) : ownParts(job);
}

function ports(object) {
  return Object.entries(object ?? {}).map(([name, port]) => ({ name, type: port.type ?? "uri_folder", label: port.label || inWords(name), optional: Boolean(port.optional), description: port.description ?? "" }));
}

export function declaredParts(declaration) {
  const parameters = Object.entries(declaration.parameters ?? {}).map(([name, one]) => ({ name, ...one, label: one.label || inWords(name) }));
  return { title: declaration.label || declaration.display_name || declaration.name, inputs: ports(declaration.inputs), outputs: ports(declaration.outputs), parameters, declaration, category: declaration.category ?? "" };
}

function dataParts(document, name) {
  const input = document.inputs[name];
  const type = inputType(input);
  return { title: input.name || inWords(name), inputs: [], outputs: [{ name: DATA_PORT, type, label: "Data", optional: false }], parameters: [], category: "Data", isData: true };
}

function controlParts(document, job, catalogue) {
  const condition = { name: "condition", type: "condition", label: "Condition", optional: false };
  const items = { name: "items", type: "any", label: "Items", optional: false };
  const blocks = CONTROLS[job.type].map((name) => ({ name, type: "control", label: BLOCK_WORDS[name], optional: true, isControl: true }));
  const results = resultsOf(document, job, catalogue);
  return { title: CONTROL_WORDS[job.type], inputs: [job.type === "parallel_for" ? items : condition], outputs: [...blocks, ...results], parameters: [], category: "Control", isControl: true };
}

// A loop gives what its body gives: of the last round, or of all rounds together.
function resultsOf(document, job, catalogue) {
  const name = bodyOf(job);
  const body = jobsOf(document)[name];
  if (!body || CONTROLS[body.type]) return [];
  const given = partsOf(document, name, catalogue).outputs;
  return job.type === "parallel_for" ? given.map((port) => ({ ...port, type: "any", label: `All: ${port.label}` })) : given;
}

// A component that stands in the node itself, in Azure's form: data inputs are ports, literal ones parameters.
function inlineParts(component, job) {
  const inputs = Object.entries(component.inputs ?? {});
  const data = inputs.filter(([, one]) => isDataType(inputType(one)));
  const literal = inputs.filter(([, one]) => !isDataType(inputType(one)));
  return {
    title: component.display_name || component.name || (job.type === "pipeline" ? "Pipeline" : "Command"),
    inputs: ports(Object.fromEntries(data)),
    outputs: ports(component.outputs),
    parameters: literal.map(([name, one]) => literalParameter(name, one)),
    category: job.type === "pipeline" || component.jobs ? "Pipeline" : "Command",
    isInline: true,
  };
}

export function literalParameter(name, one) {
  const type = inputType(one);
  const given = one !== null && typeof one === "object" ? one : { default: one };
  return {
    name, label: inWords(name), description: given.description ?? "", default: given.default, optional: Boolean(given.optional),
    kind: given.enum ? "choice" : type, choices: given.enum?.map(String), minimum: given.min, maximum: given.max,
  };
}

function ownParts(job) {
  const entries = Object.entries(job.inputs ?? {});
  const isPort = (value) => {
    const bound = read(value);
    return bound ? Boolean(bound.job) || value.type !== undefined : value !== null && typeof value === "object" && isDataType(inputType(value));
  };
  return {
    title: job.display_name || (job.type === "pipeline" ? "Pipeline" : "Command"),
    inputs: entries.filter(([, value]) => isPort(value)).map(([name, value]) => ({ name, type: value.type ?? "any", label: inWords(name), optional: true })),
    outputs: ports(Object.fromEntries(Object.entries(job.outputs ?? {}).map(([name, value]) => [name, typeof value === "object" ? value : {}]))),
    parameters: entries.filter(([, value]) => !isPort(value)).map(([name, value]) => ({ ...literalParameter(name, value), default: undefined, optional: true })),
    category: "Command",
    isInline: true,
  };
}

// A component nobody knows any more keeps the ports its wires hold, so that nothing drawn is lost.
function unknownParts(job) {
  const wired = Object.entries(job.inputs ?? {}).filter(([, value]) => read(value)?.job);
  const rest = Object.entries(job.inputs ?? {}).filter(([, value]) => !read(value)?.job);
  return {
    title: job.component.split(/[:@]/)[1] ?? job.component,
    inputs: wired.map(([name]) => ({ name, type: "any", label: inWords(name), optional: true })),
    outputs: Object.keys(job.outputs ?? {}).map((name) => ({ name, type: "any", label: inWords(name), optional: true })),
    parameters: rest.map(([name]) => ({ name, kind: "string", label: inWords(name), optional: true })),
    category: "",
    isMissing: true,
  };
}

export function titleOf(document, id, parts) {
  if (isData(id)) return parts.title;
  return jobsOf(document)[id].display_name || parts.title;
}

// Whether a value of one type can go into an input of another: the studio's own rule, so that both say the same.
export function fits(given, wanted) {
  if (given === "any" || wanted === "any" || given === wanted) return true;
  if (wanted === "condition") return given === "uri_file" || isLiteralType(given);
  if (isLiteralType(given) || isLiteralType(wanted)) return false;
  if (wanted === "uri_folder") return true;
  if (given === "Dataset" || wanted === "Dataset") return TABLES.has(given) && TABLES.has(wanted);
  if (wanted === "Zip") return given === "uri_file" || given === "uri_folder";
  return given === "uri_folder" && (wanted === "mltable" || STORED.has(wanted));
}

// "" when what goes out of a port of the node `source` may go into another port, otherwise why not, in the studio's words.
export function misfit(from, to, source) {
  if (from.isControl || to.name === IN_PORT) return from.isControl && to.name === IN_PORT ? "" : "A block of a branch or a loop is connected with the head of a step.";
  if (fits(from.type, to.type)) return "";
  const giver = isData(source) ? `the pipeline's input ${nameOf(source)} is` : `${from.name} of ${source} gives`;
  return `${to.name} takes ${article(to.type)}, and ${giver} ${article(from.type)}.`;
}

function article(type) {
  return `${/^[AEIO]/i.test(type) || type.startsWith("Un") ? "an" : "a"} ${type}`;
}

const TYPE_WORDS = {
  Dataset: "a table", UntrainedModel: "an untrained model", TrainedModel: "a trained model", UntrainedCluster: "an untrained clustering",
  TrainedCluster: "a trained clustering", Transform: "a transformation", TrainedRecommender: "a trained recommender", Evaluation: "an evaluation",
  Zip: "a zip", uri_folder: "a folder", uri_file: "a file", mltable: "a table (mltable)", mlflow_model: "a model", custom_model: "a model", boolean: "true or false", condition: "true or false", control: "a block", any: "anything",
};

export function inType(type) {
  return TYPE_WORDS[type] ?? type;
}

export function inWords(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Whether a parameter counts with what the others are: those that hang on one that doesn't count don't either.
export function counts(parameter, parameters, given) {
  for (const [name, wanted] of Object.entries(parameter.when ?? {})) {
    const other = parameters.find((one) => one.name === name);
    if (!other) continue;
    if (!counts(other, parameters, given)) return false;
    const value = given[name] ?? other.default ?? (other.kind === "boolean" ? false : undefined);
    if (!wanted.some((one) => String(one).toLowerCase() === String(value).toLowerCase())) return false;
  }
  return true;
}
