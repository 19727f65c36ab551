// A number in the run settings of a node.
import { withField } from "./edits.js";
import { html } from "./react.js";
import { jobsOf } from "./graph.js";

export function NumberOf({ designer, id, path, label, unit = "" }) {
  const value = path.reduce((object, key) => object?.[key], jobsOf(designer.document)[id]);
  const field = `number-${id}-${path.join("-")}`;
  const change = (event) => {
    const text = event.target.value.trim();
    designer.change((document) => withField(document, id, path, text === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text), `Changed ${label.toLowerCase()} of ${designer.title(id)}`, field);
  };
  return html`<div className="field designer-field"><label className="form-label" htmlFor=${field}>${label}${unit && html` <span className="optional">${unit}</span>`}</label><input className="form-control form-control-sm" id=${field} type="text" inputMode="numeric" autoComplete="off" disabled=${!designer.canEdit} value=${value ?? ""} onChange=${change} /></div>`;
}
