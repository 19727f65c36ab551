// What a value of a pipeline file points at: ${{parent.jobs.NODE.outputs.PORT}}, ${{parent.inputs.NAME}}, ${{parent.jobs.NODE}}.

const OUTPUT = /^\$\{\{\s*parent\.jobs\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}$/;
const INPUT = /^\$\{\{\s*parent\.inputs\.([\w-]+)\s*\}\}$/;
const JOB = /^\$\{\{\s*parent\.jobs\.([\w-]+)\s*\}\}$/;
const INPUT_OF = /^\$\{\{\s*parent\.jobs\.([\w-]+)\.inputs\.([\w-]+)\s*\}\}$/;
const RESULT = /^\$\{\{\s*parent\.outputs\.([\w-]+)\s*\}\}$/;

export const DATA_PORT = "data"; // the one output of a data input of the pipeline
export const IN_PORT = "control"; // where a block of a branch or the body of a loop is taken hold of
const DATA_TYPES = new Set(["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model", "safe_model"]);
const LITERAL_TYPES = new Set(["string", "number", "integer", "boolean"]);

export function isDataType(type) {
  return DATA_TYPES.has(type) || (Boolean(type) && !LITERAL_TYPES.has(type));
}

export function isLiteralType(type) {
  return LITERAL_TYPES.has(type);
}

// An input of the pipeline may be given as its plain value; then it is a literal of that kind.
export function inputType(input) {
  if (input !== null && typeof input === "object" && !Array.isArray(input)) return input.type ?? (input.path ? "uri_folder" : "string");
  if (typeof input === "boolean") return "boolean";
  if (typeof input === "number") return Number.isInteger(input) ? "integer" : "number";
  return "string";
}

// { job, port } | { input } | { block } | { inputOf, of } | { result } | null for anything that is no single binding.
export function read(value) {
  if (value !== null && typeof value === "object" && typeof value.path === "string" && value.path.startsWith("${{")) return read(value.path);
  if (typeof value !== "string") return null;
  const text = value.trim();
  const output = OUTPUT.exec(text);
  if (output) return { job: output[1], port: output[2] };
  const input = INPUT.exec(text);
  if (input) return { input: input[1] };
  const job = JOB.exec(text);
  if (job) return { block: job[1] };
  const inputOf = INPUT_OF.exec(text);
  if (inputOf) return { inputOf: inputOf[2], of: inputOf[1] };
  const result = RESULT.exec(text);
  return result ? { result: result[1] } : null;
}

export function toOutput(job, port) {
  return `\${{parent.jobs.${job}.outputs.${port}}}`;
}

export function toInput(name) {
  return `\${{parent.inputs.${name}}}`;
}

export function toInputOf(job, name) {
  return `\${{parent.jobs.${job}.inputs.${name}}}`;
}

export function toBlock(job) {
  return `\${{parent.jobs.${job}}}`;
}

export function toResult(name) {
  return `\${{parent.outputs.${name}}}`;
}

// The value with every binding of a name written for another name, wherever in it texts are. A nested pipeline's own
// jobs speak of their own parent, so what stands below `component` is left as it is.
export function renamed(value, kind, from, to) {
  const what = new RegExp(`(\\$\\{\\{\\s*parent\\.${kind}\\.)${from.replaceAll("-", "\\-")}(?=[\\s.}])`, "g");
  const change = (one) => {
    if (typeof one === "string") return one.includes("${{") ? one.replace(what, `$1${to}`) : one;
    if (Array.isArray(one)) return one.map(change);
    if (one === null || typeof one !== "object") return one;
    return Object.fromEntries(Object.entries(one).map(([key, each]) => [key, key === "component" ? each : change(each)]));
  };
  return change(value);
}
