// The column picker: the columns known at the parameter's port, ticked or picked by rules; and the field of one column.
import { html, Icon, React, useDesigner } from "./react.js";
import { namesIn, picked, readRule, writeRule } from "./rules.js";

const { useEffect, useRef, useState } = React;
const BY = { names: "names", types: "types", roles: "roles", indices: "positions" };
const VALUES = { types: ["numeric", "string", "boolean", "categorical", "datetime"], roles: ["feature", "label", "score"] };
const WAIT = 300;

// { columns: [{ name, kind, role }] | null, note }: null while they are asked, and when nobody can know them yet.
export function useColumns(designer, node, port) {
  const document = useDesigner(designer, (one) => one.document);
  const [found, setFound] = useState({ columns: null, note: "" });
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => {
      designer.studio.columns(document, node, port).then(
        (answer) => isOver || setFound({ columns: answer.columns?.length ? answer.columns.map(asColumn) : null, note: answer.columns?.length ? "" : answer.note || answer.why || "The columns are known once the input is connected and has run." }),
        (error) => isOver || setFound({ columns: null, note: error.message }),
      );
    }, WAIT);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [document.jobs, node, port]);
  return found;
}

function asColumn(one) {
  return typeof one === "string" ? { name: one, kind: "", role: "" } : { name: one.name, kind: one.kind ?? one.type ?? "", role: one.role ?? "" };
}

export function ColumnField({ designer, node, parameter, id, value, set, isBad, describedBy }) {
  const { columns, note } = useColumns(designer, node, parameter.port);
  const list = `${id}-list`;
  return html`<input className="form-control form-control-sm" id=${id} list=${list} type="text" autoComplete="off" spellCheck="false" disabled=${!designer.canEdit} aria-invalid=${isBad || undefined} aria-describedby=${describedBy} value=${value ?? ""} placeholder="Name of a column" onChange=${(event) => set(event.target.value || undefined)} />
    <datalist id=${list}>${(columns ?? []).map((one) => html`<option key=${one.name} value=${one.name}>${one.kind}</option>`)}</datalist>
    ${note && html`<p className="form-hint">${note}</p>`}`;
}

export function ColumnsField({ designer, node, parameter, id, value, set, isBad, describedBy }) {
  const { columns, note } = useColumns(designer, node, parameter.port);
  const [way, setWay] = useState(() => (readRule(value) && namesIn(readRule(value)) === null ? "rules" : "names"));
  const rule = readRule(value);
  const names = namesIn(rule);
  const shown = rule && columns ? picked(rule, columns) : null;
  const now = way === "names" ? "names" : way === "text" || !rule ? "text" : "rules";
  return html`<div className="columns-field" role="group" aria-label=${parameter.label}>
    <div className="segments" role="group" aria-label="How columns are chosen">${[["names", "By name"], ["rules", "With rules"], ["text", "As text"]].map(([key, label]) => html`<button key=${key} type="button" aria-pressed=${now === key} disabled=${key === "rules" && !rule} onClick=${() => setWay(key)}>${label}</button>`)}</div>
    ${now === "names" && html`<${Names} designer=${designer} id=${id} columns=${columns} names=${names ?? shown ?? []} set=${(next) => set(writeRule({ start: "none", steps: [{ action: "include", by: "names", values: next }] }) || undefined)} />`}
    ${now === "rules" && html`<${Rules} designer=${designer} id=${id} rule=${rule} columns=${columns} set=${(next) => set(writeRule(next) || undefined)} />`}
    ${now === "text" && html`<textarea className="form-control mono" id=${id} rows="3" spellCheck="false" disabled=${!designer.canEdit} aria-invalid=${isBad || undefined} aria-describedby=${describedBy} value=${value ?? ""} placeholder=${'all; exclude names "id"'} onChange=${(event) => set(event.target.value || undefined)}></textarea>`}
    ${shown && now !== "names" && html`<p className="form-hint">${shown.length} of ${columns.length} columns: ${shown.slice(0, 8).join(", ")}${shown.length > 8 ? " …" : ""}</p>`}
    ${note && html`<p className="form-hint">${note}</p>`}
  </div>`;
}

// Ticks for the known columns; names that nobody knows stay as chips.
function Names({ designer, id, columns, names, set }) {
  const [words, setWords] = useState("");
  const known = columns ?? [];
  const strange = names.filter((name) => !known.some((column) => column.name === name));
  const shown = known.filter((column) => column.name.toLowerCase().includes(words.toLowerCase()));
  const toggle = (name) => {
    const next = names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
    set(columns ? [...known.map((column) => column.name).filter((one) => next.includes(one)), ...next.filter((one) => !known.some((column) => column.name === one))] : next);
  };
  const add = (event) => {
    if (event.key !== "Enter" || !words.trim()) return;
    event.preventDefault();
    if (!names.includes(words.trim())) set([...names, words.trim()]);
    setWords("");
  };
  return html`<input className="form-control form-control-sm" id=${id} type="text" autoComplete="off" disabled=${!designer.canEdit} value=${words} placeholder=${columns ? "Find a column" : "Type a name, press Enter"} onChange=${(event) => setWords(event.target.value)} onKeyDown=${add} />
    ${strange.length > 0 && html`<div className="column-chips">${strange.map((name) => html`<span className="chip" key=${name}>${name}${designer.canEdit && html`<button type="button" className="chip-remove" aria-label=${`Remove ${name}`} onClick=${() => toggle(name)}><${Icon} name="x" /></button>`}</span>`)}</div>`}
    ${columns && html`<div className="field-boxes columns-list">${shown.map((column) => html`<label className="form-check" key=${column.name}><input type="checkbox" className="form-check-input" disabled=${!designer.canEdit} checked=${names.includes(column.name)} onChange=${() => toggle(column.name)} /><span className="truncate">${column.name}</span><span className="muted small">${column.kind}</span></label>`)}</div>
      <p className="form-hint columns-foot"><span>${names.length} of ${columns.length} chosen</span>${designer.canEdit && html`<button type="button" className="btn btn-link btn-sm" onClick=${() => set(names.length === known.length ? [] : known.map((column) => column.name))}>${names.length === known.length ? "None" : "All"}</button>`}</p>`}`;
}

function Rules({ designer, id, rule, columns, set }) {
  const change = (index, values) => set({ ...rule, steps: rule.steps.map((step, each) => (each === index ? { ...step, ...values } : step)) });
  const disabled = !designer.canEdit;
  return html`<div className="rule-lines">
    <label className="rule-line"><span>Begin with</span><select className="form-select form-select-sm" id=${id} disabled=${disabled} value=${rule.start} onChange=${(event) => set({ start: event.target.value, steps: rule.steps })}><option value="all">all columns</option><option value="none">no columns</option></select></label>
    ${rule.steps.map((step, index) => html`<div className="rule-line" key=${index}>
      <select className="form-select form-select-sm" disabled=${disabled} aria-label="Include or exclude" value=${step.action} onChange=${(event) => change(index, { action: event.target.value })}><option value="include">include</option><option value="exclude">exclude</option></select>
      <select className="form-select form-select-sm" disabled=${disabled} aria-label="By what" value=${step.by} onChange=${(event) => change(index, { by: event.target.value, values: VALUES[event.target.value]?.slice(0, 1) ?? (event.target.value === "indices" ? ["1"] : [columns?.[0]?.name ?? "name"]) })}>${Object.entries(BY).map(([key, label]) => html`<option key=${key} value=${key}>${label}</option>`)}</select>
      ${VALUES[step.by] ? html`<select className="form-select form-select-sm" disabled=${disabled} aria-label="Which" value=${step.values[0]} onChange=${(event) => change(index, { values: [event.target.value] })}>${VALUES[step.by].map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>` : html`<${ValuesField} disabled=${disabled} values=${step.values} set=${(values) => change(index, { values })} />`}
      ${!disabled && html`<button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label="Remove this rule" onClick=${() => set({ ...rule, steps: rule.steps.filter((_, each) => each !== index) })}><${Icon} name="x" /></button>`}
    </div>`)}
    ${!disabled && html`<button type="button" className="btn btn-sm" onClick=${() => set({ ...rule, steps: [...rule.steps, { action: rule.start === "all" ? "exclude" : "include", by: "types", values: ["numeric"] }] })}><${Icon} name="plus" />Add a rule</button>`}
  </div>`;
}

function ValuesField({ values, set, disabled }) {
  const text = useRef(null);
  const read = (given) => readRule(given)?.steps[0]?.values ?? [given];
  return html`<input ref=${text} key=${values.join("\u0000")} className="form-control form-control-sm" type="text" aria-label="Names or positions" disabled=${disabled} defaultValue=${writeRule({ start: "none", steps: [{ action: "include", by: "names", values }] })} onBlur=${(event) => event.target.value.trim() && set(read(event.target.value))} onKeyDown=${(event) => event.key === "Enter" && event.target.blur()} />`;
}
