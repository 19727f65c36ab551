// How one step runs: where, how often it is tried, how long it may take.
import { withField } from "./edits.js";
import { html } from "./react.js";
import { NumberOf } from "./number-field.js";

export function RunFields({ designer, id, job, declaration }) {
  const set = (path, words) => (value) => designer.change((document) => withField(document, id, path, value), `Changed ${words} of ${designer.title(id)}`, `${id}.${path.join(".")}`);
  const isReused = job.is_deterministic ?? declaration?.is_deterministic ?? true;
  const compute = `compute-${id}`;
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${compute}>Compute</label><select className="form-select form-select-sm" id=${compute} disabled=${!designer.canEdit} value=${job.compute ?? ""} onChange=${(event) => set(["compute"], "the compute")(event.target.value || undefined)}>
      <option value="">The pipeline's</option>${computes(designer, job.compute).map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select></div>
    <${NumberOf} designer=${designer} id=${id} path=${["retry_settings", "max_retries"]} label="Try again" unit="times" />
    <${NumberOf} designer=${designer} id=${id} path=${["limits", "timeout"]} label="Time limit" unit="seconds" />
    <label className="switch"><input type="checkbox" disabled=${!designer.canEdit} checked=${isReused} onChange=${(event) => set(["is_deterministic"], "the reuse")(event.target.checked ? undefined : false)} /><span>Take over an earlier result when nothing changed</span></label>`;
}

export function computes(designer, now) {
  const plain = (now ?? "").replace(/^azureml:/, "");
  return [...new Set([...designer.config.compute, ...(now && !designer.config.compute.includes(plain) ? [now] : [])])];
}
