// React and React Flow, started here and nowhere else: nothing of them is global. `html` is JSX without building.
import htm from "../../vendor/htm/htm.js";
import addReactDom from "../../vendor/react-dom/react-dom.js";
import addReact from "../../vendor/react/react.js";
import addFlow from "../../vendor/xyflow/xyflow.js";
import { STALE } from "./stale.js";

const scope = {};
addReact(scope);
addReactDom(scope);
// React has no plain script of JSX's runtime, which React Flow wants.
const jsx = (type, props, key) => scope.React.createElement(type, key === undefined ? props : { ...props, key });
scope.jsxRuntime = { jsx, jsxs: jsx, Fragment: scope.React.Fragment };
addFlow(scope);

export const React = scope.React;
export const Flow = scope.ReactFlow;
export const html = htm.bind(React.createElement);

export function mount(place, node) {
  scope.ReactDOM.createRoot(place).render(node);
}

export function portal(node, place) {
  return scope.ReactDOM.createPortal(node, place);
}

// A part of the designer's state; the component is drawn again when that part is another one.
export function useDesigner(designer, select) {
  return React.useSyncExternalStore(designer.subscribe, () => select(designer));
}

export function Icon({ name, className = "" }) {
  return html`<svg className=${`icon ${className}`.trim()} aria-hidden="true"><use href=${`${document.body.dataset.icons}#${name}`} /></svg>`;
}

export function Glyph({ designer, state, about = "" }) {
  const [shape, name] = designer.config.states[state] ?? ["queued", state];
  const word = about ? `${name} ${about}` : name;
  return html`<span className=${`state state-${shape} ${about ? "is-stale" : ""}`} data-state=${state} title=${word}><svg className=${`glyph state-${shape}`} aria-hidden="true"><use href=${`${designer.config.glyphs}#${shape}`} /></svg><span className="visually-hidden">${word}</span></span>`;
}

// How a node stands in the run that the page shows; pale where that speaks of what it was before.
export function StepGlyph({ designer, id }) {
  const step = designer.steps.get(id);
  if (!step) return null;
  return html`<${Glyph} designer=${designer} state=${step.state} about=${designer.stale.has(id) ? STALE : ""} />`;
}
