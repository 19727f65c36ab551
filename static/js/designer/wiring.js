// The inputs of a node as fields: the way to draw wires by keyboard and screen reader.
import { connected, withField } from "./edits.js";
import { html, React } from "./react.js";
import { bodyOf, idsOf, isData, jobsOf, nameOf } from "./graph.js";
import { inType } from "./declared.js";
import { DATA_PORT, IN_PORT, read } from "./references.js";

const { useMemo } = React;

export function Wiring({ designer, id, parts }) {
  const blocks = parts.outputs.filter((port) => port.isControl);
  if (!parts.inputs.length && !blocks.length) return null;
  return html`<details className="panel-fold" open=${true}><summary>${blocks.length ? "Wires" : "Inputs"}</summary><div className="panel-fold-body">
    ${parts.inputs.map((port) => html`<${Source} key=${port.name} designer=${designer} id=${id} port=${port} />`)}
    ${blocks.map((port) => html`<${Block} key=${port.name} designer=${designer} id=${id} port=${port} />`)}
  </div></details>`;
}

// Every output that fits, and what is connected now although it does not.
function Source({ designer, id, port }) {
  const { document } = designer;
  const value = valueAt(document, id, port.name);
  const now = keyOf(value);
  const offers = useMemo(() => offersOf(designer, id, port), [document]);
  const field = `wire-${id}-${port.name}`;
  const problem = designer.problemsAt(id).find((one) => one.port === port.name)?.sentence;
  const change = (event) => {
    const chosen = offers.find((one) => one.key === event.target.value);
    if (chosen) designer.connect({ ...chosen.wire, to: id, toPort: port.name });
    else if (read(value)) designer.disconnect({ ...wireOf(value), to: id, toPort: port.name });
  };
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${port.label} <span className="optional">${inType(port.type)}${port.optional ? ", optional" : ""}</span></label>
    <select className="form-select form-select-sm" id=${field} disabled=${!designer.canEdit} aria-invalid=${problem ? true : undefined} value=${now} onChange=${change}>
      <option value="">Not connected</option>
      ${now && !offers.some((one) => one.key === now) && html`<option value=${now}>${wordsOf(designer, value)}</option>`}
      ${offers.map((one) => html`<option key=${one.key} value=${one.key}>${one.label}</option>`)}
    </select>${problem && html`<p className="form-error">${problem}</p>`}</div>`;
}

function valueAt(document, id, port) {
  const job = jobsOf(document)[id];
  return job.inputs?.[port] ?? job[port];
}

function wireOf(value) {
  const bound = read(value);
  return bound.job ? { from: bound.job, fromPort: bound.port } : { from: `inputs.${bound.input}`, fromPort: DATA_PORT };
}

function keyOf(value) {
  const bound = read(value);
  return bound?.job ? `${bound.job}.${bound.port}` : bound?.input ? `inputs.${bound.input}.${DATA_PORT}` : "";
}

function wordsOf(designer, value) {
  const { from, fromPort } = wireOf(value);
  return `${nameOf(from)}: ${fromPort}`;
}

function offersOf(designer, id, port) {
  const job = jobsOf(designer.document)[id];
  const only = job.type === "do_while" ? bodyOf(job) : ""; // its condition is an output of its body
  return idsOf(designer.document).filter((other) => other !== id && (!only || other === only)).flatMap((other) =>
    designer.parts(other).outputs.filter((one) => !one.isControl && !designer.whyNot({ from: other, fromPort: one.name, to: id, toPort: port.name }))
      .map((one) => ({ key: `${other}.${one.name}`, wire: { from: other, fromPort: one.name }, label: isData(other) ? designer.title(other) : `${designer.title(other)} (${other}): ${one.label}` })));
}

function Block({ designer, id, port }) {
  const { document } = designer;
  const now = read(jobsOf(document)[id][port.name])?.block ?? "";
  const field = `block-${id}-${port.name}`;
  const steps = Object.keys(jobsOf(document)).filter((name) => name !== id);
  const change = (event) => designer.change((one) => (event.target.value ? connected(one, { from: id, fromPort: port.name, to: event.target.value, toPort: IN_PORT }) : withField(one, id, [port.name], undefined)), `Changed the block ${port.label}`);
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${port.label} <span className="optional">a step</span></label>
    <select className="form-select form-select-sm" id=${field} disabled=${!designer.canEdit} value=${now} onChange=${change}><option value="">None</option>${steps.map((name) => html`<option key=${name} value=${name}>${designer.title(name)} (${name})</option>`)}</select></div>`;
}
