// What went through a wire or out of a port in the run that is shown: a table's rows, or the part of the run's page.
import { html, Icon, React, useDesigner } from "./react.js";
import { numberText, smallBars } from "../data/small-bars.js";

const { useEffect, useRef, useState } = React;
const ROWS = 100;

export function Peek({ designer }) {
  const peek = useDesigner(designer, (one) => one.peek);
  const run = useDesigner(designer, (one) => one.run);
  const place = useRef(null);
  const step = peek && designer.steps.get(peek.node);
  useEffect(() => {
    if (peek) place.current?.querySelector(".panel-top button")?.focus();
  }, [peek]);
  if (!step || !run) return null;
  const page = designer.studio.outputPage(run.id, step.path, peek.port);
  const port = designer.parts(peek.node).outputs.find((one) => one.name === peek.port);
  return html`<aside className="designer-peek" aria-label="What went through" ref=${place} onKeyDown=${(event) => event.key === "Escape" && (event.stopPropagation(), designer.set({ peek: null }))}>
    <header className="panel-top"><span className="step-icon"><${Icon} name="table-2" /></span><div><h2>${port?.label ?? peek.port}</h2><p className="muted small">${designer.title(peek.node)}, run <a href=${run.url}>${run.name}</a></p></div>
      <a className="btn btn-sm" href=${page}><${Icon} name="external-link" />Explore</a><button type="button" className="btn btn-ghost btn-icon btn-sm" aria-label="Close" onClick=${() => designer.set({ peek: null })}><${Icon} name="x" /></button></header>
    <${Output} key=${page} designer=${designer} address=${designer.studio.outputAddress(run.id, step.path, peek.port)} page=${page} />
  </aside>`;
}

function Output({ designer, address, page }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    designer.studio.output(address).then(setFound, (error) => setProblem(error.message));
  }, [address]);
  if (problem) return html`<p className="form-error peek-body" role="alert"><${Icon} name="circle-alert" />${problem}</p>`;
  if (!found) return html`<p className="muted peek-body" role="status">Reading …</p>`;
  return found.kind === "table" ? html`<${Table} designer=${designer} address=${address} />` : html`<${Part} page=${page} hasView=${Boolean(found.view)} />`;
}

// Evaluations, pictures and files look here as they do on the run's own page.
function Part({ page, hasView }) {
  const place = useRef(null);
  useEffect(() => {
    window.htmx.ajax("GET", `${page}?part=body`, { target: place.current, source: place.current, swap: "innerHTML" });
    if (hasView) import("../run/value-view.js");
  }, [page]);
  return html`<div className="peek-body" ref=${place}><p className="muted" role="status">Reading …</p></div>`;
}

function Table({ designer, address }) {
  const [table, setTable] = useState(null);
  const [sketch, setSketch] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    designer.studio.output(`${address}/rows?limit=${ROWS}`).then(setTable, (error) => setProblem(error.message));
    designer.studio.output(`${address}/sketch`).then(setSketch, () => {});
  }, [address]);
  if (problem) return html`<p className="form-error peek-body" role="alert"><${Icon} name="circle-alert" />${problem}</p>`;
  if (!table) return html`<p className="muted peek-body" role="status">Reading the table …</p>`;
  const about = new Map((sketch?.columns ?? []).map((one) => [one.name, one]));
  const total = sketch?.row_count;
  return html`<p className="peek-count muted small" role="status">${total === undefined ? "" : `${total.toLocaleString("en")} rows, `}${table.columns.length} columns${total > table.rows.length ? `; the first ${table.rows.length} rows` : ""}</p>
    <div className="peek-table" tabIndex="0" role="region" aria-label="Rows"><table><thead><tr>${table.columns.map((column) => html`<${Head} key=${column.name} column=${column} sketch=${about.get(column.name)} />`)}</tr></thead>
      <tbody>${table.rows.map((row, index) => html`<tr key=${index}>${row.map((value, at) => html`<td key=${at} className=${typeof value === "number" ? "num" : value === null ? "is-none" : ""}>${cell(value)}</td>`)}</tr>`)}</tbody></table></div>`;
}

function Head({ column, sketch }) {
  const bars = useRef(null);
  useEffect(() => {
    const drawn = sketch && smallBars(sketch);
    if (drawn) bars.current.replaceChildren(drawn);
  }, [sketch]);
  const missing = sketch?.missing ? `${Math.max(1, Math.round((100 * sketch.missing) / (sketch.count + sketch.missing)))} % missing` : sketch ? `${(sketch.distinct ?? 0).toLocaleString("en")} distinct` : "";
  return html`<th scope="col"><span className="peek-name" title=${column.name}>${column.name}</span><span className="peek-type">${column.type}</span><span className="peek-bars" ref=${bars}></span><span className="peek-note">${missing}</span></th>`;
}

function cell(value) {
  if (value === null) return "none";
  return typeof value === "number" ? numberText(value) : typeof value === "object" ? JSON.stringify(value) : String(value);
}
