// The same pipeline as a list in the order in which it runs: every edit without the canvas, for keyboard and screen reader.
import { html, Icon, React, StepGlyph, useDesigner } from "./react.js";
import { idsOf, isData, neighbours, wiresOf } from "./graph.js";
import { colourOf, iconOf } from "./looks.js";

const { useMemo, useRef } = React;

export function Outline({ designer }) {
  const document = useDesigner(designer, (one) => one.document);
  const selection = useDesigner(designer, (one) => one.selection);
  const canEdit = useDesigner(designer, (one) => one.canEdit);
  useDesigner(designer, (one) => one.problems);
  useDesigner(designer, (one) => one.steps);
  const list = useRef(null);
  const order = useMemo(() => inOrder(document), [document]);
  if (!order.length) return html`<div className="designer-outline"><p className="muted">No steps yet.</p>${canEdit && html`<button type="button" className="btn btn-primary" onClick=${() => designer.onadd()}><${Icon} name="plus" />Add a step</button>`}</div>`;
  return html`<section className="designer-outline" aria-label="Outline">
    <div className="outline-head"><h2>Outline</h2><span className="muted small">${order.length} nodes in the order in which they run</span>${canEdit && html`<button type="button" className="btn btn-sm" onClick=${() => designer.onadd()}><${Icon} name="plus" />Add a step</button>`}</div>
    <ol ref=${list} className="outline-list" onKeyDown=${(event) => moveKey(event, list.current)}>${order.map(([id, depth]) => html`<${Line} key=${id} designer=${designer} id=${id} depth=${depth} isChosen=${selection.has(id)} canEdit=${canEdit} />`)}</ol>
  </section>`;
}

function Line({ designer, id, depth, isChosen, canEdit }) {
  const parts = designer.parts(id);
  const problems = designer.problemsAt(id);
  const { before, after } = neighbours(designer.document, id);
  const words = [before.length && `from ${before.map((one) => designer.title(one)).join(", ")}`, after.length && `to ${after.map((one) => designer.title(one)).join(", ")}`].filter(Boolean).join(" · ");
  return html`<li className=${`outline-line ${isChosen ? "is-selected" : ""}`} data-depth=${Math.min(depth, 8)} data-node=${id} data-colour=${colourOf(designer, parts)}>
    <button type="button" className="outline-open" aria-current=${isChosen ? "true" : undefined} onClick=${(event) => (event.ctrlKey || event.metaKey ? designer.select(isChosen ? [...designer.selection].filter((one) => one !== id) : [...designer.selection, id]) : designer.select([id]))} onDoubleClick=${() => designer.onedit?.()}>
      <span className="step-icon"><${Icon} name=${iconOf(parts)} /></span><span className="step-words"><strong>${designer.title(id)}</strong><span>${words || (isData(id) || designer.title(id) === parts.title ? "not connected" : parts.title)}</span></span>
      ${problems.length > 0 && html`<span className="step-badge" title=${problems.map((one) => one.sentence).join("\n")}><${Icon} name="triangle-alert" />${problems.length}<span className="visually-hidden"> problems</span></span>`}<${StepGlyph} designer=${designer} id=${id} /></button>
    ${canEdit && html`<span className="outline-tools"><button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label=${`Duplicate ${designer.title(id)}`} title="Duplicate" onClick=${() => { designer.select([id]); designer.duplicate(); }}><${Icon} name="copy" /></button><button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label=${`Delete ${designer.title(id)}`} title="Delete" onClick=${() => { designer.select([id]); designer.remove(); }}><${Icon} name="trash" /></button></span>`}
  </li>`;
}

// Every node after all that it waits for, with how deep it stands; those on a circle come last.
export function inOrder(document) {
  const depth = new Map(idsOf(document).map((id) => [id, 0]));
  const waiting = new Map(idsOf(document).map((id) => [id, 0]));
  const wires = wiresOf(document).filter((wire) => !wire.isBack);
  for (const wire of wires) waiting.set(wire.to, waiting.get(wire.to) + 1);
  const free = [...waiting].filter(([, count]) => !count).map(([id]) => id);
  const order = [];
  while (free.length) {
    const id = free.shift();
    order.push([id, depth.get(id)]);
    const opened = [];
    for (const wire of wires.filter((one) => one.from === id)) {
      depth.set(wire.to, Math.max(depth.get(wire.to), depth.get(id) + 1));
      waiting.set(wire.to, waiting.get(wire.to) - 1);
      if (!waiting.get(wire.to)) opened.push(wire.to);
    }
    free.unshift(...opened);
  }
  const there = new Set(order.map(([id]) => id));
  return [...order, ...idsOf(document).filter((id) => !there.has(id)).map((id) => [id, 0])];
}

function moveKey(event, list) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way && event.key !== "Home" && event.key !== "End") return;
  const all = [...list.querySelectorAll(".outline-open")];
  const now = all.indexOf(document.activeElement.closest?.(".outline-line")?.querySelector(".outline-open"));
  const next = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : all[now + way];
  if (!next) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}
