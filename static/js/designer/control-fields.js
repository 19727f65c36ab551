// The fields of branches and loops: what decides, what is gone through, what leads from one round to the next.
import { withField } from "./edits.js";
import { html, React } from "./react.js";
import { bodyOf, jobsOf, literalInputs } from "./graph.js";
import { NumberOf } from "./number-field.js";
import { read, toInput, toInputOf } from "./references.js";

const { useState } = React;
const DECIDES = { if_else: "condition", parallel_for: "items" };

export function ControlFields({ designer, id, job }) {
  const field = DECIDES[job.type];
  const bound = field && read(job[field]);
  return html`<section className="panel-part" aria-label="Settings">
    ${field && !bound?.job && html`<${Bound} designer=${designer} id=${id} field=${field} value=${job[field]} label=${field === "items" ? "Items from" : "Decided by"} />`}
    ${job.type === "parallel_for" && !bound && html`<${Items} designer=${designer} id=${id} value=${job.items} />`}
    ${job.type === "parallel_for" && html`<${NumberOf} designer=${designer} id=${id} path=${["max_concurrency"]} label="At once, at most" />`}
    ${job.type === "do_while" && html`<${NumberOf} designer=${designer} id=${id} path=${["limits", "max_iteration_count"]} label="At most this often" />`}
    ${job.type === "do_while" && html`<${Mapping} designer=${designer} id=${id} job=${job} />`}
  </section>`;
}

// A parameter of the pipeline instead of a wire; a branch may also be settled beforehand.
function Bound({ designer, id, field, value, label }) {
  const key = `bound-${id}`;
  const names = literalInputs(designer.document);
  const input = read(value)?.input ?? "";
  const now = input ? `input:${input}` : typeof value === "boolean" ? String(value) : "";
  const change = (event) => {
    const chosen = event.target.value;
    const next = chosen.startsWith("input:") ? toInput(chosen.slice("input:".length)) : chosen === "" ? undefined : chosen === "true";
    designer.change((document) => withField(document, id, [field], next), `Changed ${label.toLowerCase()} of ${designer.title(id)}`);
  };
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${key}>${label}</label>
    <select className="form-select form-select-sm" id=${key} disabled=${!designer.canEdit} value=${now} onChange=${change}>
      <option value="">${field === "items" ? "The list below, or a wire" : "A wire"}</option>
      ${names.map((name) => html`<option key=${name} value=${`input:${name}`}>The parameter ${name}</option>`)}
      ${field === "condition" && html`<option value="true">Always true</option><option value="false">Always false</option>`}
    </select></div>`;
}

// A list as JSON: kept as a list as soon as it is one.
function Items({ designer, id, value }) {
  const [typed, setTyped] = useState(null);
  const field = `items-${id}`;
  const shown = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 1);
  const change = (event) => {
    setTyped(event.target.value);
    designer.change((document) => withField(document, id, ["items"], parsed(event.target.value)), "Changed the items", field);
  };
  const isWrong = typeof value === "string" && value !== "";
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>Items</label>
    <textarea className="form-control mono" id=${field} rows="4" spellCheck="false" disabled=${!designer.canEdit} aria-invalid=${isWrong ? true : undefined} value=${typed ?? shown} placeholder='[{"seed": 1}, {"seed": 2}]' onChange=${change} onBlur=${() => setTyped(null)}></textarea>
    ${isWrong && html`<p className="form-error">This is no JSON yet: a list of what each round is given is wanted.</p>`}
    <p className="form-hint">A list as JSON, one round for each of it: inputs of the body by name. Or connect a folder: one round for each file or folder in it.</p></div>`;
}

function parsed(text) {
  if (!text.trim()) return undefined;
  try {
    const found = JSON.parse(text);
    return found !== null && typeof found === "object" ? found : text;
  } catch {
    return text;
  }
}

// Which output of a round becomes which input of the next.
function Mapping({ designer, id, job }) {
  const body = bodyOf(job);
  if (!body || !jobsOf(designer.document)[body]) return html`<p className="form-hint">Choose the body below: then its outputs can lead to its inputs of the next round.</p>`;
  const parts = designer.parts(body);
  const inputs = [...parts.inputs, ...parts.parameters];
  const change = (port) => (event) => designer.change((document) => withField(document, id, ["mapping", port], event.target.value ? toInputOf(body, event.target.value) : undefined), `Changed what goes on to the next round of ${designer.title(id)}`);
  return html`<fieldset className="field designer-field"><legend className="form-label">To the next round</legend>
    ${parts.outputs.filter((port) => !port.isControl).map((port) => {
      const field = `mapping-${id}-${port.name}`;
      return html`<div className="field" key=${port.name}><label className="form-label" htmlFor=${field}>${port.label} becomes</label>
        <select className="form-select form-select-sm" id=${field} disabled=${!designer.canEdit} value=${mappedTo(job.mapping?.[port.name])} onChange=${change(port.name)}><option value="">Nothing</option>${inputs.map((one) => html`<option key=${one.name} value=${one.name}>${one.label}</option>`)}</select></div>`;
    })}</fieldset>`;
}

function mappedTo(value) {
  const [first] = Array.isArray(value) ? value : [value];
  return read(first)?.inputOf ?? (typeof first === "string" && !first.includes("${{") ? first : "");
}
