// The panel of the pipeline itself: what it is told when it runs, how it runs, what it is called.
import { setAt, withPipelineInput } from "./edits.js";
import { html, Icon, React } from "./react.js";
import { literalParameter } from "./declared.js";
import { Fold } from "./fold.js";
import { idsOf, jobsOf, literalInputs } from "./graph.js";
import { inputType } from "./references.js";
import { computes } from "./run-fields.js";

const { useState } = React;
const NAME = /^[A-Za-z][\w-]*$/;
const TYPES = [["string", "Text"], ["number", "Number"], ["integer", "Whole number"], ["boolean", "Yes or no"]];

export function PipelinePanel({ designer }) {
  const { document } = designer;
  const names = literalInputs(document);
  const count = idsOf(document).length;
  const setting = (path, words) => (value) => designer.change((one) => setAt(one, path, value), `Changed ${words}`, path.join("."));
  const { settings = {} } = document;
  const problems = designer.problems.filter((one) => !one.node);
  return html`<header className="panel-top"><span className="step-icon"><${Icon} name="workflow" /></span><div><h2>Pipeline</h2><p className="muted small">${count} ${count === 1 ? "node" : "nodes"}</p></div></header>
    ${problems.length > 0 && html`<ul className="panel-problems">${problems.map((one, index) => html`<li key=${index}><${Icon} name="circle-alert" />${one.sentence}</li>`)}</ul>`}
    <section className="panel-part" aria-label="Parameters"><h3>Parameters</h3>
      <p className="form-hint">Values that are given when the pipeline runs. A field of a step takes one with the choice beside its label.</p>
      ${names.map((name) => html`<${Parameter} key=${name} designer=${designer} name=${name} />`)}
      ${designer.canEdit && html`<${NewParameter} designer=${designer} />`}</section>
    <section className="panel-part" aria-label="Settings"><h3>Settings</h3>
      <div className="field designer-field"><label className="form-label" htmlFor="default-compute">Compute</label><select className="form-select form-select-sm" id="default-compute" disabled=${!designer.canEdit} value=${settings.default_compute ?? ""} onChange=${(event) => setting(["settings", "default_compute"], "the compute")(event.target.value)}><option value="">The workspace's</option>${computes(designer, settings.default_compute).map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select></div>
      <${Text} designer=${designer} path=${["experiment_name"]} label="Experiment" placeholder="The pipeline's name" />
      <${Count} designer=${designer} path=${["settings", "max_concurrency"]} label="Steps at once, at most" />
      <label className="switch"><input type="checkbox" disabled=${!designer.canEdit} checked=${Boolean(settings.continue_on_step_failure)} onChange=${(event) => setting(["settings", "continue_on_step_failure"], "what happens after a failure")(event.target.checked || undefined)} /><span>Go on with other steps when one fails</span></label>
      <label className="switch"><input type="checkbox" disabled=${!designer.canEdit} checked=${Boolean(settings.force_rerun)} onChange=${(event) => setting(["settings", "force_rerun"], "the reuse")(event.target.checked || undefined)} /><span>Run every step anew</span></label></section>
    <${Fold} title="About" isOpen=${Boolean(document.description)}><${Text} designer=${designer} path=${["display_name"]} label="Name of its runs" /><${Text} designer=${designer} path=${["description"]} label="Description" isLong=${true} /><//>`;
}

function Text({ designer, path, label, placeholder = "", isLong = false }) {
  const value = path.reduce((object, key) => object?.[key], designer.document) ?? "";
  const field = `pipeline-${path.join("-")}`;
  // Texts of a document are always there: an empty one stays an empty text.
  const change = (event) => designer.change((one) => ({ ...one, [path[0]]: event.target.value }), `Changed ${label.toLowerCase()}`, field);
  const props = { id: field, className: "form-control form-control-sm", disabled: !designer.canEdit, placeholder, value, onChange: change, autoComplete: "off" };
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${label}</label>${isLong ? html`<textarea rows="3" ...${props}></textarea>` : html`<input type="text" ...${props} />`}</div>`;
}

function Count({ designer, path, label }) {
  const value = path.reduce((object, key) => object?.[key], designer.document) ?? "";
  const field = `pipeline-${path.join("-")}`;
  const change = (event) => designer.change((one) => setAt(one, path, event.target.value.trim() === "" ? undefined : Number(event.target.value) || event.target.value), `Changed ${label.toLowerCase()}`, field);
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${label}</label><input className="form-control form-control-sm" id=${field} type="text" inputMode="numeric" autoComplete="off" disabled=${!designer.canEdit} placeholder="8" value=${value} onChange=${change} /></div>`;
}

function Parameter({ designer, name }) {
  const input = designer.document.inputs[name];
  const { default: value, kind } = literalParameter(name, input);
  const type = inputType(input);
  const whole = input !== null && typeof input === "object" ? input : { type, default: input };
  const set = (values) => designer.change((document) => withPipelineInput(document, name, { ...whole, ...values }), `Changed the parameter ${name}`, `parameter.${name}`);
  const uses = Object.values(jobsOf(designer.document)).filter((job) => JSON.stringify(job.inputs ?? {}).includes(`parent.inputs.${name}}`)).length;
  const parsed = (text) => (text === "" ? undefined : type === "boolean" ? text === "true" : (type === "number" || type === "integer") && Number.isFinite(Number(text)) ? Number(text) : text);
  return html`<div className="parameter-line"><div className="field-head"><strong className="mono">${name}</strong><span className="muted small">${uses ? `${uses} ${uses === 1 ? "step" : "steps"}` : "not used"}</span>
      ${designer.canEdit && html`<button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label=${`Remove the parameter ${name}`} onClick=${() => designer.change((document) => withoutParameter(document, name, value), `Removed the parameter ${name}`)}><${Icon} name="trash" /></button>`}</div>
    <div className="input-line"><select className="form-select form-select-sm" aria-label=${`Type of ${name}`} disabled=${!designer.canEdit} value=${type} onChange=${(event) => set({ type: event.target.value, default: undefined })}>${TYPES.map(([key, label]) => html`<option key=${key} value=${key}>${label}</option>`)}</select>
      ${type === "boolean" ? html`<select className="form-select form-select-sm" aria-label=${`Default of ${name}`} disabled=${!designer.canEdit} value=${String(value ?? "")} onChange=${(event) => set({ default: parsed(event.target.value) })}><option value="">No default</option><option value="true">Yes</option><option value="false">No</option></select>` : html`<input className="form-control form-control-sm" type="text" aria-label=${`Default of ${name}`} disabled=${!designer.canEdit} placeholder=${kind === "choice" ? "One of its values" : "No default"} value=${value ?? ""} onChange=${(event) => set({ default: parsed(event.target.value) })} />`}</div></div>`;
}

// The steps that took it get its default as their own value.
function withoutParameter(document, name, value) {
  const { [name]: _, ...inputs } = document.inputs;
  const is = (one) => typeof one === "string" && one.replaceAll(" ", "") === `\${{parent.inputs.${name}}}`;
  const settle = (job) => ({ ...job, inputs: Object.fromEntries(Object.entries(job.inputs ?? {}).filter(([, one]) => !is(one) || value !== undefined).map(([key, one]) => [key, is(one) ? value : one])) });
  return { ...document, inputs, jobs: Object.fromEntries(Object.entries(jobsOf(document)).map(([key, job]) => [key, settle(job)])) };
}

function NewParameter({ designer }) {
  const [name, setName] = useState("");
  const wanted = name.trim();
  const problem = !wanted ? "" : !NAME.test(wanted) ? "A name has letters, digits and _, and begins with a letter." : wanted in (designer.document.inputs ?? {}) ? `There is an input ${wanted} already.` : "";
  const add = (event) => {
    event.preventDefault();
    if (!wanted || problem) return;
    designer.change((document) => withPipelineInput(document, wanted, { type: "string" }), `Added the parameter ${wanted}`);
    setName("");
  };
  return html`<form className="new-parameter" onSubmit=${add}><div className="input-line"><input className="form-control form-control-sm" type="text" autoComplete="off" aria-label="Name of a new parameter" placeholder="New parameter" value=${name} onChange=${(event) => setName(event.target.value)} /><button type="submit" className="btn btn-sm" disabled=${!wanted || Boolean(problem)}><${Icon} name="plus" />Add</button></div>${problem && html`<p className="form-error">${problem}</p>`}</form>`;
}
