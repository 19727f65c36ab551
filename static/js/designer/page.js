// The page: palette, the chosen view, panel; and what opens over them.
import { Flow, html, Icon, portal, React, useDesigner } from "./react.js";
import { fail, toast } from "../grid/server.js";
import { AddDialog } from "./add-dialog.js";
import { Actions, DraftState } from "./bar.js";
import { Canvas } from "./canvas.js";
import { Conflict } from "./conflict.js";
import { idsOf } from "./graph.js";
import { Outline } from "./outline.js";
import { Palette } from "./palette.js";
import { Panel } from "./panel.js";
import { Peek } from "./peek.js";
import { ProblemsList } from "./problems-list.js";
import { RunDialog } from "./run-dialog.js";
import { TextView } from "./text-view.js";

const { useEffect, useRef, useState } = React;
const NARROW = "(width < 800px)";

export function Page({ designer, draft, states, slots }) {
  const view = useDesigner(designer, (one) => one.view);
  const canEdit = useDesigner(designer, (one) => one.canEdit);
  const said = useDesigner(designer, (one) => one.said);
  const isConflict = useDesigner(designer, () => draft.state === "conflict");
  const isEmpty = useDesigner(designer, (one) => !idsOf(one.document).length);
  const hasChosen = useDesigner(designer, (one) => one.selection.size > 0 || Boolean(one.wire));
  const hasPeek = useDesigner(designer, (one) => Boolean(one.peek));
  const [dialog, setDialog] = useState(null);
  useNarrow(designer);
  useEffect(() => {
    designer.onadd = () => setDialog({ kind: "add" });
    designer.onrun = (only) => setDialog({ kind: "run", only });
    designer.onedit = () => requestAnimationFrame(() => designer.place.querySelector(".designer-panel .panel-part :is(input, select, textarea), .designer-panel :is(input, select, textarea)")?.focus());
    designer.onrefuse = (why) => toast(why, "warning");
    designer.reveal = (id) => reveal(designer, id);
    designer.ontext = (id) => {
      designer.textAt = id;
      void changeView(designer, "text");
    };
    designer.onready?.();
  }, []);
  const open = { view: (name) => changeView(designer, name), run: (only) => setDialog({ kind: "run", only }) };
  return html`<${Flow.ReactFlowProvider}>
    ${portal(html`<${DraftState} designer=${designer} draft=${draft} />`, slots.state)}
    ${portal(html`<${Actions} designer=${designer} draft=${draft} open=${open} />`, slots.actions)}
    ${isConflict && html`<${Conflict} designer=${designer} draft=${draft} />`}
    <div className=${`designer-parts view-${view} ${canEdit && view !== "text" ? "has-palette" : ""} ${hasChosen ? "has-chosen" : ""} ${hasPeek ? "has-peek" : ""}`}>
      ${canEdit && view !== "text" && html`<${Palette} designer=${designer} />`}
      <div className="designer-middle">
        ${view === "canvas" && html`<div className="designer-canvas"><${Canvas} designer=${designer} />${isEmpty && html`<${Empty} designer=${designer} />`}</div>`}
        ${view === "outline" && html`<${Outline} designer=${designer} />`}
        ${view === "text" && html`<${TextView} designer=${designer} />`}
        ${view !== "text" && html`<${ProblemsList} designer=${designer} />`}
      </div>
      ${view !== "text" && html`<${Panel} designer=${designer} />`}
      <${Peek} designer=${designer} />
    </div>
    <p className="visually-hidden" role="status" aria-live="polite">${said}</p>
    ${dialog?.kind === "add" && html`<${AddDialog} designer=${designer} close=${() => setDialog(null)} />`}
    ${dialog?.kind === "run" && html`<${RunDialog} designer=${designer} draft=${draft} states=${states} only=${dialog.only} close=${() => setDialog(null)} />`}
  <//>`;
}

function Empty({ designer }) {
  if (!designer.canEdit) return html`<div className="designer-empty"><p>Nothing is drawn here yet.</p></div>`;
  return html`<div className="designer-empty"><h2>Draw a pipeline</h2><p>Drag data and components here from the left, then connect an output with an input. A pipeline runs from top to bottom.</p>
    <p className="row-line"><button type="button" className="btn btn-primary" onClick=${() => designer.onadd()}><${Icon} name="plus" />Add the first step</button>${designer.config.urls.list && html`<a className="btn" href=${designer.config.urls.list}>Start from a sample</a>`}</p></div>`;
}

// Text that can't be read is not thrown away without a word.
async function changeView(designer, name) {
  await designer.flushText?.();
  if (designer.view === "text" && name !== "text" && designer.textProblems?.length) {
    const first = designer.textProblems[0];
    toast(`The text is not read yet: ${first.line ? `line ${first.line}: ` : ""}${first.sentence} The canvas shows the last text that could be read.`, "warning");
    designer.textProblems = [];
  }
  designer.set({ view: name, peek: null });
}

function reveal(designer, id) {
  const [x, y] = designer.document.layout?.[id] ?? [0, 0];
  const seen = designer.place.querySelector(".react-flow")?.getBoundingClientRect();
  if (designer.view !== "canvas" || !designer.flow || !seen) {
    designer.place.querySelector(`.outline-line[data-node="${id}"] .outline-open`)?.focus();
    return;
  }
  const at = designer.flow.flowToScreenPosition({ x: x + 120, y: y + 50 });
  const isSeen = at.x > seen.left + 116 && at.x < seen.right - 116 && at.y > seen.top + 60 && at.y < seen.bottom - 60;
  if (!isSeen) designer.flow.setCenter(x + 120, y + 50, { zoom: designer.flow.getZoom() });
  requestAnimationFrame(() => designer.place.querySelector(`.react-flow__node[data-id="${id}"]`)?.focus({ preventScroll: true }));
}

// A small screen is for reading: the outline first, nothing to edit.
function useNarrow(designer) {
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const follow = () => designer.set({ canEdit: designer.config.canEdit && !query.matches, view: query.matches && designer.view === "canvas" ? "outline" : designer.view });
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const chosen = useDesigner(designer, (one) => one.only);
  const before = useRef("");
  useEffect(() => {
    if (window.matchMedia(NARROW).matches) followChosen(designer, chosen, before.current);
    before.current = chosen;
  }, [chosen]);
}

// There the panel stands below the outline: what is chosen is gone to, and come back from.
function followChosen(designer, chosen, before) {
  if (chosen) designer.place.querySelector(".designer-panel")?.scrollIntoView();
  else designer.place.querySelector(`.outline-line[data-node="${before}"]`)?.scrollIntoView({ block: "center" });
}

export async function openDesigner(work) {
  try {
    return await work();
  } catch (error) {
    fail(error);
    return [];
  }
}
