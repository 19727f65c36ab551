// Every problem of the pipeline: pressing one goes to its node.
import { html, Icon, React, useDesigner } from "./react.js";

const { useState } = React;

export function ProblemsList({ designer }) {
  const problems = useDesigner(designer, (one) => one.problems);
  const [isOpen, setOpen] = useState(false);
  if (!problems.length) return null;
  const go = (problem) => {
    if (!problem.node) return designer.select([]);
    designer.select([problem.node]);
    designer.reveal?.(problem.node);
    requestAnimationFrame(() => focusField(designer, problem));
    return undefined;
  };
  return html`<section className="designer-problems" aria-label="Problems">
    <button type="button" className="problems-head" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}><${Icon} name="triangle-alert" />${problems.length} ${problems.length === 1 ? "problem" : "problems"}<${Icon} name="chevron-down" className="problems-fold" /></button>
    ${isOpen && html`<ul>${problems.map((one, index) => html`<li key=${index}><button type="button" onClick=${() => go(one)}><strong>${one.node && designer.document.jobs[one.node] ? designer.title(one.node) : one.node || "Pipeline"}</strong><span>${one.sentence}</span></button></li>`)}</ul>`}
  </section>`;
}

function focusField(designer, { parameter, port, node }) {
  const place = parameter ? `[data-parameter="${parameter}"] :is(input, select, textarea)` : port ? `[id="wire-${node}-${port}"]` : "";
  if (place) designer.place.querySelector(`.designer-panel ${place}`)?.focus();
}
