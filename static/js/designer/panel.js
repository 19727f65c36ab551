// The panel on the right: of the chosen node, of a wire, of many nodes, or of the pipeline itself.
import { renamedNode, withField, withInput, withPipelineInput, withResult } from "./edits.js";
import { html, Icon, React, useDesigner } from "./react.js";
import { counts, inType } from "./declared.js";
import { ControlFields } from "./control-fields.js";
import { ParameterField } from "./fields.js";
import { isData, jobsOf, literalInputs, nameOf, nameProblem, resultAt, wiresOf } from "./graph.js";
import { Fold } from "./fold.js";
import { hasInside, Inside } from "./inside.js";
import { colourOf, iconOf } from "./looks.js";
import { PipelinePanel } from "./pipeline-panel.js";
import { Wiring } from "./wiring.js";
import { RunFields } from "./run-fields.js";

const { useState } = React;

export function Panel({ designer }) {
  const selection = useDesigner(designer, (one) => one.selection);
  const wire = useDesigner(designer, (one) => one.wire);
  useDesigner(designer, (one) => one.document);
  useDesigner(designer, (one) => one.problems);
  useDesigner(designer, (one) => one.steps);
  const only = selection.size === 1 ? [...selection][0] : "";
  const name = only ? designer.title(only) : wire ? "The wire" : selection.size ? `${selection.size} nodes` : "The pipeline";
  return html`<aside className="designer-panel" aria-label=${name} data-panel=${only || (wire ? "wire" : "pipeline")}>
    ${only ? (isData(only) ? html`<${DataPanel} key=${only} designer=${designer} id=${only} />` : html`<${NodePanel} key=${only} designer=${designer} id=${only} />`) : wire && designer.chosenWire ? html`<${WirePanel} designer=${designer} />` : selection.size ? html`<${ManyPanel} designer=${designer} />` : html`<${PipelinePanel} designer=${designer} />`}
  </aside>`;
}

function Head({ designer, id, parts, about }) {
  return html`<header className="panel-top" data-colour=${colourOf(designer, parts)}><span className="step-icon"><${Icon} name=${iconOf(parts)} /></span><div><h2>${designer.title(id)}</h2><p className="muted small">${about}</p></div><${Close} designer=${designer} /></header>`;
}

function Close({ designer }) {
  return html`<button type="button" className="btn btn-ghost btn-icon btn-sm panel-close" aria-label="Close the panel" title="Close (Esc)" onClick=${() => designer.select([])}><${Icon} name="x" /></button>`;
}

function NodePanel({ designer, id }) {
  const job = jobsOf(designer.document)[id];
  const parts = designer.parts(id);
  const problems = designer.problemsAt(id);
  const given = job.inputs ?? {};
  const names = literalInputs(designer.document);
  const shown = parts.parameters.filter((one) => counts(one, parts.parameters, given));
  const rest = problems.filter((one) => !one.parameter || !shown.some((each) => each.name === one.parameter));
  const set = (parameter) => (value) => designer.change((document) => withInput(document, id, parameter.name, value), `Changed ${parameter.label} of ${designer.title(id)}`, `${id}.${parameter.name}`);
  return html`<${Head} designer=${designer} id=${id} parts=${parts} about=${typeof job.component === "string" ? job.component : parts.title} />
    ${rest.length > 0 && html`<ul className="panel-problems">${rest.map((one, index) => html`<li key=${index}><${Icon} name="circle-alert" />${one.sentence}</li>`)}</ul>`}
    <${StepState} designer=${designer} id=${id} />
    ${parts.declaration?.description && html`<p className="panel-about">${parts.declaration.description}</p>`}
    ${shown.length > 0 && html`<section className="panel-part" aria-label="Parameters">${shown.map((one) => html`<${ParameterField} key=${one.name} designer=${designer} node=${id} parameter=${one} value=${given[one.name]} set=${set(one)} parameters=${names} problem=${problems.find((each) => each.parameter === one.name)?.sentence} />`)}</section>`}
    ${parts.isControl && html`<${ControlFields} designer=${designer} id=${id} job=${job} />`}
    ${hasInside(designer, id) && html`<${Inside} designer=${designer} id=${id} />`}
    ${!parts.isControl && typeof job.component !== "string" && job.command !== undefined && html`<${Simple} designer=${designer} id=${id} path=${["command"]} label="Command" isMono=${true} />`}
    <${Wiring} designer=${designer} id=${id} parts=${parts} />
    ${parts.outputs.some((port) => !port.isControl) && html`<${Outputs} designer=${designer} id=${id} parts=${parts} />`}
    <${Fold} title="Name and comment" isOpen=${true}><${NameField} designer=${designer} id=${id} /><${Simple} designer=${designer} id=${id} path=${["display_name"]} label="Label on the canvas" placeholder=${parts.title} /><${Simple} designer=${designer} id=${id} path=${["comment"]} label="Comment" isLong=${true} /><//>
    ${!parts.isControl && html`<${Fold} title="How it runs"><${RunFields} designer=${designer} id=${id} job=${job} declaration=${parts.declaration} /><//>`}`;
}

function StepState({ designer, id }) {
  const step = designer.steps.get(id);
  if (!step || !designer.run) return null;
  const [, word] = designer.config.states[step.state] ?? ["", step.state];
  const note = step.problem || step.reuse_note;
  const isStale = designer.stale.has(id);
  return html`<p className=${`panel-state ${isStale ? "is-stale" : `is-${step.state}`}`}><strong>${word}</strong>${isStale && html`<span>This step, or one above it, was changed since that run.</span>`}${note && html`<span>${note}</span>`}<a href=${designer.studio.stepPage(designer.run.id, step.path)}>Open the step</a></p>`;
}

// The name in the file: every wire follows, at once, when the field is left.
export function NameField({ designer, id }) {
  const [typed, setTyped] = useState(null);
  const now = nameOf(id);
  const problem = typed === null ? "" : nameProblem(designer.document, id, typed);
  const done = () => {
    if (typed !== null && typed !== now && !problem) {
      const next = isData(id) ? `inputs.${typed}` : typed;
      if (designer.change((document) => renamedNode(document, id, typed), `Renamed ${now} to ${typed}`)) designer.select([next]);
    }
    setTyped(null);
  };
  const field = `name-${id}`;
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>Name in the file</label>
    <input className="form-control form-control-sm mono" id=${field} type="text" autoComplete="off" spellCheck="false" disabled=${!designer.canEdit} aria-invalid=${problem ? true : undefined} value=${typed ?? now} onChange=${(event) => setTyped(event.target.value)} onBlur=${done} onKeyDown=${(event) => event.key === "Enter" && event.target.blur()} />
    ${problem && html`<p className="form-error"><${Icon} name="circle-alert" />${problem}</p>`}</div>`;
}

export function Simple({ designer, id, path, label, placeholder = "", isLong = false, isMono = false, hint = "" }) {
  const job = jobsOf(designer.document)[id];
  const value = path.reduce((object, key) => object?.[key], job);
  const field = `simple-${id}-${path.join("-")}`;
  const change = (event) => designer.change((document) => withField(document, id, path, event.target.value || undefined), `Changed ${label.toLowerCase()} of ${designer.title(id)}`, field);
  const props = { id: field, className: `form-control form-control-sm ${isMono ? "mono" : ""}`, disabled: !designer.canEdit, placeholder, value: value ?? "", onChange: change, autoComplete: "off" };
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${label}</label>${isLong || isMono ? html`<textarea rows="2" ...${props}></textarea>` : html`<input type="text" ...${props} />`}${hint && html`<p className="form-hint">${hint}</p>`}</div>`;
}

function Outputs({ designer, id, parts }) {
  const { document } = designer;
  const set = (port) => (event) => designer.change((one) => withResult(one, id, port.name, port.type === "any" ? "uri_folder" : port.type, event.target.value.trim().replace(/[^\w-]+/g, "_")), `Changed the pipeline's output of ${designer.title(id)}`, `${id}.${port.name}.result`);
  return html`<${Fold} title="Outputs" isOpen=${parts.outputs.some((port) => resultAt(document, id, port.name))}>
    ${parts.outputs.filter((port) => !port.isControl).map((port) => {
      const field = `result-${id}-${port.name}`;
      const isDone = designer.steps.get(id)?.state === "completed";
      return html`<div className="field designer-field" key=${port.name}><div className="field-head"><label className="form-label" htmlFor=${field}>${port.label} <span className="optional">${inType(port.type)}</span></label>${isDone && html`<button type="button" className="btn btn-link btn-sm" onClick=${() => designer.set({ peek: { node: id, port: port.name } })}>Look at it</button>`}</div>
        <input className="form-control form-control-sm" id=${field} type="text" autoComplete="off" disabled=${!designer.canEdit} placeholder="Not an output of the pipeline" value=${resultAt(document, id, port.name)} onChange=${set(port)} /></div>`;
    })}
    <p className="form-hint">A name makes it an output of the whole pipeline.</p><//>`;
}

function DataPanel({ designer, id }) {
  const input = designer.document.inputs[nameOf(id)];
  const set = (key) => (event) => designer.change((document) => withPipelineInput(document, nameOf(id), { ...input, [key]: event.target.value }), `Changed the data ${nameOf(id)}`, `${id}.${key}`);
  const select = (key, label, options) => html`<div className="field designer-field"><label className="form-label" htmlFor=${`${key}-${id}`}>${label}</label><select className="form-select form-select-sm" id=${`${key}-${id}`} disabled=${!designer.canEdit} value=${input[key] ?? options[0][0]} onChange=${set(key)}>${options.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></div>`;
  return html`<${Head} designer=${designer} id=${id} parts=${designer.parts(id)} about="Data that the pipeline reads" />
    <section className="panel-part">
      <div className="field designer-field"><label className="form-label" htmlFor=${`path-${id}`}>Data</label><input className="form-control form-control-sm mono" id=${`path-${id}`} type="text" autoComplete="off" spellCheck="false" disabled=${!designer.canEdit} placeholder="azureml:name@latest" value=${input.path ?? ""} onChange=${set("path")} /><p className="form-hint">A data asset, azureml:name@latest or azureml:name:2, or a place in a datastore. Who runs the pipeline may give another one.</p></div>
      ${select("type", "Type", [["uri_file", "A file"], ["uri_folder", "A folder"], ["mltable", "A table (mltable)"], ["mlflow_model", "A model"]])}
      ${select("mode", "How it is read", [["ro_mount", "In place"], ["download", "Copied first"]])}
      <${NameField} designer=${designer} id=${id} />
    </section>`;
}

function WirePanel({ designer }) {
  const wire = designer.chosenWire;
  const isDone = designer.steps.get(wire.from)?.state === "completed";
  const label = (ports, name) => ports.find((port) => port.name === name)?.label ?? name;
  return html`<header className="panel-top"><span className="step-icon"><${Icon} name="spline" /></span><div><h2>Wire</h2><p className="muted small">${designer.title(wire.from)} → ${designer.title(wire.to)}</p></div><${Close} designer=${designer} /></header>
    <dl className="kv"><dt>From</dt><dd>${designer.title(wire.from)}: ${label(designer.parts(wire.from).outputs, wire.fromPort)}</dd><dt>To</dt><dd>${designer.title(wire.to)}${wire.isControl ? "" : `: ${label(designer.parts(wire.to).inputs, wire.toPort)}`}</dd></dl>
    <div className="panel-buttons">${isDone && html`<button type="button" className="btn" onClick=${() => designer.set({ peek: { node: wire.from, port: wire.fromPort } })}><${Icon} name="table-2" />What went through</button>`}${designer.canEdit && html`<button type="button" className="btn btn-quiet-danger" onClick=${() => designer.remove()}><${Icon} name="unlink" />Remove</button>`}</div>
    ${!isDone && html`<p className="panel-about">What goes through it can be looked at once the pipeline has run.</p>`}`;
}

function ManyPanel({ designer }) {
  const wires = wiresOf(designer.document).filter((wire) => designer.selection.has(wire.from) && designer.selection.has(wire.to));
  return html`<header className="panel-top"><span className="step-icon"><${Icon} name="layers" /></span><div><h2>${designer.selection.size} nodes</h2><p className="muted small">${wires.length} ${wires.length === 1 ? "wire" : "wires"} between them</p></div><${Close} designer=${designer} /></header>
    <ul className="panel-list">${[...designer.selection].slice(0, 12).map((id) => html`<li key=${id}><button type="button" className="btn btn-link btn-sm" onClick=${() => designer.select([id])}>${designer.title(id)}</button></li>`)}</ul>
    ${designer.canEdit && html`<div className="panel-buttons"><button type="button" className="btn" onClick=${() => designer.arrange()}><${Icon} name="network" />Arrange</button><button type="button" className="btn" onClick=${() => designer.duplicate()}><${Icon} name="copy" />Duplicate</button><button type="button" className="btn btn-quiet-danger" onClick=${() => designer.remove()}><${Icon} name="trash" />Delete</button></div>`}`;
}
