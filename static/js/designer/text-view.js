// The pipeline as the file that it is: what is typed is read by the studio, and what can be read stands on the canvas.
import { html, Icon, React, useDesigner } from "./react.js";

const { useEffect, useRef, useState } = React;
const WAIT = 500;

export function TextView({ designer }) {
  const [text, setText] = useState(null);
  const [problems, setProblems] = useState([]);
  const [state, setState] = useState("");
  const shown = useRef(null); // the document that the text says
  const document = useDesigner(designer, (one) => one.document);
  const area = useRef(null);
  const lines = useRef(null);
  useEffect(() => {
    if (shown.current === document) return undefined;
    let isOver = false;
    designer.studio.text(document).then(
      (found) => {
        if (isOver) return;
        shown.current = document;
        setText(found);
        setProblems([]);
        setState("");
      },
      (error) => isOver || setState(error.message),
    );
    return () => {
      isOver = true;
    };
  }, [document]);
  useEffect(() => {
    if (text === null || state !== "typed") return undefined;
    const timer = setTimeout(() => readText(), WAIT);
    return () => clearTimeout(timer);
  }, [text, state]);
  async function readText() {
    const asked = text;
    try {
      const answer = await designer.studio.read(asked);
      if (asked !== area.current?.value) return;
      setProblems(answer.problems ?? []);
      designer.textProblems = answer.document ? [] : answer.problems ?? [];
      setState(answer.document ? "read" : "unreadable");
      if (answer.document) take(answer.document);
    } catch (error) {
      setProblems(error.problem?.problems ?? [{ sentence: error.message, line: error.problem?.line ?? 0, column: error.problem?.column ?? 0 }]);
      setState("unreadable");
    }
  }
  // Leaving the view reads what was typed last.
  designer.flushText = () => (state === "typed" ? readText() : null);
  function take(document) {
    const layout = { ...designer.document.layout, ...document.layout };
    if (JSON.stringify({ ...document, layout }) === JSON.stringify({ ...designer.document, layout })) {
      shown.current = designer.document; // other words for the same: nothing to undo
      return;
    }
    designer.change(() => designer.withPlaces({ ...document, layout: Object.fromEntries(Object.entries(layout).filter(([id]) => id.startsWith("inputs.") ? id.slice(7) in (document.inputs ?? {}) : id in document.jobs)) }), "Edited the text", "text");
    shown.current = designer.document;
  }
  useEffect(() => () => {
    designer.flushText = null;
  }, []);
  useEffect(() => {
    if (text === null || !designer.textAt) return;
    goTo({ line: lineOf(text, designer.textAt), column: 3 });
    designer.textAt = "";
  }, [text]);
  const count = (text ?? "").split("\n").length;
  const marked = new Set(problems.map((one) => one.line).filter(Boolean));
  const goTo = (problem) => {
    const before = text.split("\n").slice(0, Math.max(0, (problem.line || 1) - 1)).join("\n").length;
    const at = before + (problem.line > 1 ? 1 : 0) + Math.max(0, (problem.column || 1) - 1);
    area.current.focus();
    area.current.setSelectionRange(at, at);
    area.current.scrollTop = Math.max(0, ((problem.line || 1) - 6) * 20);
  };
  return html`<section className="designer-text" aria-label="The pipeline as text">
    <div className="text-bar"><span className="muted small">Azure ML pipeline YAML. What can be read is on the canvas at once.</span><span className="push text-state" role="status">${STATES[state] ?? state}</span><button type="button" className="btn btn-sm" onClick=${() => navigator.clipboard?.writeText(text ?? "").then(() => designer.say("Copied the text."))}><${Icon} name="copy" />Copy</button></div>
    <div className="text-edit"><pre className="text-lines" aria-hidden="true" ref=${lines}>${Array.from({ length: count }, (_, index) => html`<span key=${index} className=${marked.has(index + 1) ? "is-bad" : ""}>${index + 1}${"\n"}</span>`)}</pre>
      <textarea ref=${area} className="text-area mono" aria-label="YAML of the pipeline" spellCheck="false" wrap="off" readOnly=${!designer.canEdit} value=${text ?? ""} onScroll=${(event) => (lines.current.scrollTop = event.target.scrollTop)} onChange=${(event) => { setText(event.target.value); setState("typed"); }} onKeyDown=${(event) => tab(event, setText, setState)}></textarea></div>
    ${problems.length > 0 && html`<ul className="text-problems" aria-label="Problems of the text">${problems.map((one, index) => html`<li key=${index}><button type="button" onClick=${() => goTo(one)}><${Icon} name="circle-alert" />${one.line ? html`<span className="mono">${one.line}:${one.column || 1}</span>` : ""}<span>${one.sentence}</span></button></li>`)}</ul>`}
  </section>`;
}

// Where a step begins in the text as the studio writes it.
function lineOf(text, id) {
  const lines = text.split("\n");
  return lines.indexOf(`  ${id}:`, lines.indexOf("jobs:")) + 1;
}

const STATES = { typed: "Reading …", read: "Read", unreadable: "Not read: the canvas shows the last text that could be" };

function tab(event, setText, setState) {
  if (event.key !== "Tab" || event.shiftKey || event.target.readOnly || event.target.dataset.leaving) {
    event.target.dataset.leaving = event.key === "Escape" ? "1" : "";
    return;
  }
  event.preventDefault();
  const { selectionStart: start, selectionEnd: end, value } = event.target;
  setText(`${value.slice(0, start)}  ${value.slice(end)}`);
  setState("typed");
  const area = event.target;
  requestAnimationFrame(() => area.setSelectionRange(start + 2, start + 2));
}
