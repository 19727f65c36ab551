// What stands in the head of the page: how the draft is, who is here, undo, the views, Run.
import { Glyph, html, Icon, React, useDesigner } from "./react.js";
import { fail } from "../grid/server.js";
import { relative } from "../times.js";
import { People } from "./presence.js";
import { isOver } from "./run-states.js";

const { useEffect, useState } = React;
const VIEWS = [["canvas", "Canvas", "workflow"], ["outline", "Outline", "list-tree"], ["text", "Text", "code"]];
const TICK = 20000;

export function DraftState({ designer, draft }) {
  const state = useDesigner(designer, () => draft.state);
  const savedAt = useDesigner(designer, () => draft.savedAt);
  const canEdit = useDesigner(designer, (one) => one.canEdit);
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), TICK);
    return () => clearInterval(timer);
  }, []);
  if (!designer.config.canEdit) return html`<span className="draft-state muted small">Read only</span>`;
  const words = { saved: `Saved ${relative(new Date(savedAt))}`, unsaved: "Saving …", saving: "Saving …", failed: `Not saved: ${draft.error?.message ?? ""}`, conflict: "Not saved" }[state];
  return html`<span className=${`draft-state small ${state === "failed" || state === "conflict" ? "is-wrong" : "muted"}`} role="status" data-draft=${state}>${words}</span>
    ${state === "failed" && html`<button type="button" className="btn btn-sm" onClick=${() => draft.save()}>Try again</button>`}${!canEdit && html`<span className="draft-state muted small">To edit it, use a wider window</span>`}<${People} designer=${designer} />`;
}

export function Actions({ designer, draft, open }) {
  const view = useDesigner(designer, (one) => one.view);
  const canEdit = useDesigner(designer, (one) => one.canEdit);
  useDesigner(designer, (one) => one.document);
  const run = useDesigner(designer, (one) => one.run);
  const { config, history } = designer;
  return html`${run && html`<a className="btn btn-ghost run-now" href=${run.url} title=${`The run ${run.name}`}><${Glyph} designer=${designer} state=${run.state} /><span className="truncate">${run.name}</span></a>`}
    ${run && config.canStop && !isOver(run.state) && html`<button className="btn btn-ghost" type="button" aria-label="Stop the run" title="Stop the run" data-confirm=${`Stop ${run.name}? Steps that run get time to end by themselves; none begins any more.`} data-confirm-label="Stop run" data-confirm-danger="" onClick=${() => stop(designer)}><${Icon} name="square" /><span className="bar-word">Stop</span></button>`}
    ${canEdit && html`<span className="btn-group bar-history"><button className="btn btn-icon" type="button" aria-label="Undo" title="Undo (Ctrl Z)" disabled=${!history.canUndo} onClick=${() => designer.travel("undo")}><${Icon} name="undo-2" /></button><button className="btn btn-icon" type="button" aria-label="Redo" title="Redo (Ctrl Shift Z)" disabled=${!history.canRedo} onClick=${() => designer.travel("redo")}><${Icon} name="redo-2" /></button></span>`}
    <span className="segments" role="group" aria-label="View">${VIEWS.map(([key, label, icon]) => html`<button key=${key} type="button" aria-pressed=${view === key} title=${label} onClick=${() => open.view(key)}><${Icon} name=${icon} /><span className="bar-word">${label}</span></button>`)}</span>
    ${canEdit && config.urls.versions && html`<a className="btn bar-wide" href=${config.urls.versions}><${Icon} name="history" />Versions</a>`}
    ${config.canRun && html`<button className="btn btn-primary" type="button" onClick=${() => open.run(null)}><${Icon} name="play" />Run</button>`}`;
}

async function stop(designer) {
  try {
    await designer.studio.stop(designer.run.id);
    designer.say(`The run ${designer.run.name} is asked to stop.`);
  } catch (error) {
    fail(error);
  }
}
