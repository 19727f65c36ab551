// What went through a wire or out of a port in the run that is shown: the part of the run's page, in a panel.
import { html, Icon, React, useDesigner } from "./react.js";

const { useEffect, useRef } = React;

export function Peek({ designer }) {
  const peek = useDesigner(designer, (one) => one.peek);
  const run = useDesigner(designer, (one) => one.run);
  const place = useRef(null);
  const step = peek && designer.steps.get(peek.node);
  const address = step && run ? designer.studio.outputPage(run.id, step.path, peek.port) : "";
  useEffect(() => {
    if (address) window.htmx.ajax("GET", `${address}?part=body`, { target: place.current, source: place.current, swap: "innerHTML" });
  }, [address]);
  useEffect(() => {
    if (peek) place.current?.parentElement.querySelector("button")?.focus();
  }, [peek]);
  if (!address) return null;
  const port = designer.parts(peek.node).outputs.find((one) => one.name === peek.port);
  return html`<aside className="designer-peek" aria-label="What went through" onKeyDown=${(event) => event.key === "Escape" && (event.stopPropagation(), designer.set({ peek: null }))}>
    <header className="panel-top"><span className="step-icon"><${Icon} name="table-2" /></span><div><h2>${port?.label ?? peek.port}</h2><p className="muted small">${designer.title(peek.node)}, <a href=${run.url}>${run.name}</a></p></div>
      <a className="btn btn-ghost btn-icon btn-sm" href=${address} aria-label="Open as a page" title="Open as a page"><${Icon} name="external-link" /></a><button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label="Close" onClick=${() => designer.set({ peek: null })}><${Icon} name="x" /></button></header>
    <div className="peek-body" ref=${place} key=${address}><p className="muted shelf-note" role="status">Reading …</p></div>
  </aside>`;
}
