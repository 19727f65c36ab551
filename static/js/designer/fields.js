// The field of a parameter, by its kind: made from the declaration alone.
import { html, Icon, React } from "./react.js";
import { ColumnField, ColumnsField } from "./columns-field.js";
import { read, toInput } from "./references.js";

const { useEffect, useRef, useState } = React;

// `set(value)`: undefined takes the value away, so that the default counts again.
export function ParameterField({ designer, node, parameter, value, set, problem, parameters }) {
  const id = `field-${node}-${parameter.name}`;
  const bound = read(value)?.input ?? "";
  const isSet = value !== undefined;
  const field = { designer, node, parameter, id, value: value ?? parameter.default, isSet, set, describedBy: [parameter.description && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined, isBad: Boolean(problem) };
  const Kind = KINDS[parameter.kind] ?? TextField;
  return html`<div className=${`field designer-field ${isSet ? "is-set" : ""}`} data-parameter=${parameter.name}>
    <div className="field-head"><label className="form-label" htmlFor=${id}>${parameter.label}${parameter.optional ? html` <span className="optional">(optional)</span>` : ""}</label>
      ${designer.canEdit && html`<span className="field-tools">${isSet && parameter.default !== undefined && html`<button type="button" className="btn btn-ghost btn-icon btn-sm" title="Back to the default" aria-label=${`${parameter.label}: back to the default`} onClick=${() => set(undefined)}><${Icon} name="rotate-ccw" /></button>`}
        ${parameters.length > 0 && html`<${BindButton} parameter=${parameter} bound=${bound} names=${parameters} set=${set} />`}</span>`}
    </div>
    ${bound ? html`<p className="field-bound"><${Icon} name="link" /><span>Set by the pipeline's parameter <strong>${bound}</strong></span></p>` : html`<${Kind} ...${field} />`}
    ${parameter.description && html`<p className="form-hint" id=${`${id}-hint`}>${parameter.description}</p>`}
    ${problem && html`<p className="form-error" id=${`${id}-problem`}><${Icon} name="circle-alert" />${problem}</p>`}
  </div>`;
}

function BindButton({ parameter, bound, names, set }) {
  return html`<select className="form-select form-select-sm field-bind" aria-label=${`${parameter.label}: take it from a parameter of the pipeline`} title="Take it from a parameter of the pipeline" value=${bound} onChange=${(event) => set(event.target.value ? toInput(event.target.value) : undefined)}>
    <option value="">Value</option>${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>`;
}

export function shared({ id, designer, describedBy, isBad }) {
  return { id, disabled: !designer.canEdit, "aria-describedby": describedBy, "aria-invalid": isBad || undefined };
}

// What is typed is kept as it stands while somebody types; a number is one once it reads as one.
function TextField(field) {
  const { value, set, parameter, isSet } = field;
  return html`<input className="form-control form-control-sm" type="text" autoComplete="off" spellCheck="false" ...${shared(field)} value=${isSet ? shownText(value) : ""} placeholder=${isSet ? "" : shownText(parameter.default)} onChange=${(event) => set(event.target.value === "" && parameter.default === undefined ? undefined : event.target.value)} />`;
}

function shownText(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function NumberField(field) {
  const { value, set, parameter, isSet } = field;
  const [typed, setTyped] = useState(null);
  const text = typed !== null ? typed : isSet ? shownText(value) : "";
  const type = (event) => {
    const given = event.target.value;
    setTyped(given);
    if (given.trim() === "") set(undefined);
    else set(Number.isFinite(Number(given)) ? Number(given) : given);
  };
  return html`<input className="form-control form-control-sm" type="text" inputMode="decimal" autoComplete="off" ...${shared(field)} value=${text} placeholder=${shownText(parameter.default)} onChange=${type} onBlur=${() => setTyped(null)} />
    ${range(parameter) && html`<p className="form-hint field-range">${range(parameter)}</p>`}`;
}

function range({ minimum, maximum, kind }) {
  const has = (one) => one !== undefined && one !== null;
  if (has(minimum) && has(maximum)) return `${kind === "integer" ? "Whole number, " : ""}${minimum} to ${maximum}`;
  if (has(minimum)) return `${kind === "integer" ? "Whole number, " : ""}${minimum} or more`;
  return has(maximum) ? `${maximum} or less` : "";
}

function BooleanField(field) {
  const isOn = String(field.value ?? false).toLowerCase() === "true";
  return html`<label className="switch"><input type="checkbox" ...${shared(field)} checked=${isOn} onChange=${(event) => field.set(event.target.checked)} /><span>${isOn ? "Yes" : "No"}</span></label>`;
}

function ChoiceField(field) {
  const choices = field.parameter.choices ?? [];
  const now = choices.find((one) => one.toLowerCase() === String(field.value ?? "").toLowerCase()) ?? "";
  return html`<select className="form-select form-select-sm" ...${shared(field)} value=${now} onChange=${(event) => field.set(event.target.value)}>
    ${!now && html`<option value="">Choose …</option>`}${choices.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>`;
}

function ChoicesField(field) {
  const chosen = new Set(String(field.value ?? "").split(",").map((one) => one.trim().toLowerCase()).filter(Boolean));
  const choices = field.parameter.choices ?? [];
  const toggle = (one) => {
    const next = new Set(chosen);
    next.has(one.toLowerCase()) ? next.delete(one.toLowerCase()) : next.add(one.toLowerCase());
    field.set(choices.filter((each) => next.has(each.toLowerCase())).join(", "));
  };
  return html`<div className="field-boxes" role="group" aria-label=${field.parameter.label} id=${field.id}>${choices.map((one) => html`<label className="form-check" key=${one}><input type="checkbox" className="form-check-input" disabled=${!field.designer.canEdit} checked=${chosen.has(one.toLowerCase())} onChange=${() => toggle(one)} /><span>${one}</span></label>`)}</div>`;
}

// Code and long text: Tab indents, Escape and then Tab leaves.
function ScriptField(field) {
  const { value, set, parameter } = field;
  const isLeaving = useRef(false);
  const area = useRef(null);
  const at = useRef(null);
  useEffect(() => {
    if (at.current !== null && area.current) area.current.selectionStart = area.current.selectionEnd = at.current;
    at.current = null;
  });
  const key = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") isLeaving.current = true;
    if (event.key !== "Tab" || event.shiftKey || isLeaving.current) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value: text } = event.target;
    at.current = start + 4;
    set(`${text.slice(0, start)}    ${text.slice(end)}`);
  };
  const isCode = parameter.kind === "script";
  return html`<textarea ref=${area} className=${`form-control ${isCode ? "mono field-script" : ""}`} rows=${isCode ? 14 : 4} spellCheck=${isCode ? "false" : "true"} wrap=${isCode ? "off" : "soft"} ...${shared(field)} value=${shownText(value)} onKeyDown=${isCode ? key : undefined} onFocus=${() => (isLeaving.current = false)} onChange=${(event) => set(event.target.value)}></textarea>
    ${isCode && html`<p className="form-hint">${parameter.language ? `${parameter.language}. ` : ""}Tab indents; Esc, then Tab leaves the field.</p>`}`;
}

const KINDS = {
  string: TextField, text: TextField, integer: NumberField, number: NumberField, boolean: BooleanField, choice: ChoiceField, choices: ChoicesField,
  numbers: TextField, script: ScriptField, multiline: ScriptField, columns: ColumnsField, column: ColumnField,
};
