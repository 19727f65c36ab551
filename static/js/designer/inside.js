// What a nested pipeline holds: its own canvas, to look at. It is edited as text, or where its component is registered.
import { Flow, html, Icon, React } from "./react.js";
import { Canvas } from "./canvas.js";
import { Designer } from "./designer.js";
import { emptyDocument, jobsOf } from "./graph.js";

const { useEffect, useMemo, useRef, useState } = React;
const WHY = "The canvas draws one pipeline, this one: what a step holds is edited as text, and undone like every change.";

// Whether a node has an inside to look at: inline, or a registered pipeline.
export function hasInside(designer, id) {
  const job = jobsOf(designer.document)[id];
  return Boolean(job && (innerOf(job) || designer.parts(id).declaration?.type === "pipeline"));
}

// The steps that stand in the node itself.
function innerOf(job) {
  return job.component?.jobs ? job.component : job.jobs ? job : null;
}

export function Inside({ designer, id }) {
  const [isOpen, setOpen] = useState(false);
  const job = jobsOf(designer.document)[id];
  const count = Object.keys(innerOf(job)?.jobs ?? {}).length;
  const page = pageOf(designer, job);
  return html`<div className="panel-about"><p>${count ? `${count} ${count === 1 ? "step" : "steps"} of its own. ${WHY}` : "A registered pipeline."}</p>
    <p className="panel-buttons"><button type="button" className="btn btn-sm" onClick=${() => setOpen(true)}><${Icon} name="eye" />Look inside</button>
      ${count > 0 && html`<${ToText} designer=${designer} id=${id} />`}
      ${page && html`<a className="btn btn-sm" href=${page}><${Icon} name="external-link" />The component</a>`}</p>
    ${isOpen && html`<${Dialog} designer=${designer} id=${id} job=${job} close=${() => setOpen(false)} />`}</div>`;
}

function ToText({ designer, id }) {
  return html`<button type="button" className="btn btn-sm" onClick=${() => designer.ontext(id)}><${Icon} name="code" />${designer.canEdit ? "Edit as text" : "Show as text"}</button>`;
}

function pageOf(designer, job) {
  const declaration = typeof job.component === "string" ? designer.catalogue.find(job.component) : null;
  if (declaration?.source !== "workspace") return "";
  return `${designer.studio.pages}components/${encodeURIComponent(declaration.name)}/versions/${encodeURIComponent(declaration.version)}/`;
}

function Dialog({ designer, id, job, close }) {
  const dialog = useRef(null);
  const [definition, setDefinition] = useState(() => innerOf(job));
  const [problem, setProblem] = useState("");
  const [isShown, setShown] = useState(false); // a canvas measures itself as it begins, so the dialog is open before
  useEffect(() => {
    dialog.current.showModal();
    setShown(true);
    if (!definition) designer.studio.component(job.component).then((found) => setDefinition(found.definition ?? {}), (error) => setProblem(error.message));
  }, []);
  const inner = useMemo(() => isShown && definition && innerDesigner(designer, id, definition, dialog.current), [isShown, definition]);
  return html`<dialog className="dialog inside-dialog" ref=${dialog} aria-label=${`Inside ${designer.title(id)}`} onClose=${close} onKeyDown=${(event) => event.stopPropagation()} onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <header className="panel-top"><span className="step-icon"><${Icon} name="workflow" /></span><div><h2>${designer.title(id)}</h2><p className="muted small">To look at. ${innerOf(job) ? WHY : "A registered version never changes."}</p></div>${innerOf(job) && html`<${ToText} designer=${designer} id=${id} />`}<button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label="Close" onClick=${() => dialog.current.close()}><${Icon} name="x" /></button></header>
    ${problem && html`<p className="form-error" role="alert">${problem}</p>`}
    ${inner && html`<div className="inside-canvas designer-canvas"><${Flow.ReactFlowProvider}><${Canvas} designer=${inner} /><//></div>`}
    ${inner && html`<ol className="visually-hidden">${Object.keys(inner.document.jobs).map((name) => html`<li key=${name}>${inner.title(name)}</li>`)}</ol>`}
  </dialog>`;
}

// A canvas of its own that nothing can be changed on; it shows the states of the run that the page shows.
function innerDesigner(designer, id, definition, place) {
  const document = { ...emptyDocument(), inputs: definition.inputs ?? {}, outputs: definition.outputs ?? {}, jobs: definition.jobs ?? {}, layout: definition.layout ?? {} };
  const config = { ...designer.config, canEdit: false, canRun: false, draft: { document } };
  const inner = new Designer(config, designer.studio, [...designer.catalogue.byReference.values()]);
  const under = `${id}.`;
  const steps = (designer.allSteps ?? []).filter((step) => step.path.startsWith(under) && !step.path.slice(under.length).includes("."));
  Object.assign(inner, { isKnown: false, place, ran: null, steps: new Map(steps.map((step) => [step.name, step])) });
  return inner;
}
