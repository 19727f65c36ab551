// The canvas: nodes and wires of the document. Positions while dragging are its own; the document hears of them at the end.
import { Flow, html, React, useDesigner } from "./react.js";
import { openMenu } from "../grid/menu.js";
import { GRID, idsOf, isData, jobsOf, nameOf, wiresOf } from "./graph.js";
import { WIDTH } from "./layout.js";
import { typeClass } from "./looks.js";
import { menuOfCanvas, menuOfNode, menuOfWire } from "./menus.js";
import { StepNode } from "./step-node.js";

const { ReactFlow, Background, Controls, MiniMap, Panel, applyNodeChanges, useReactFlow } = Flow;
const { useEffect, useMemo, useRef, useState } = React;
const TYPES = { step: StepNode };
const DRAG = "application/x-atelier-component";
// As large as it can be, beside the buttons on the left.
export const FIT = { padding: { top: "32px", bottom: "32px", left: "64px", right: "32px" }, maxZoom: 1, duration: 0 };
const LABELS = { "controls.zoomIn.ariaLabel": "Zoom in", "controls.zoomOut.ariaLabel": "Zoom out", "controls.fitView.ariaLabel": "Fit everything", "minimap.ariaLabel": "Map of the canvas", "handle.ariaLabel": "Port" };

export function Canvas({ designer }) {
  const document = useDesigner(designer, (one) => one.document);
  const selection = useDesigner(designer, (one) => one.selection);
  const steps = useDesigner(designer, (one) => one.steps);
  const problems = useDesigner(designer, (one) => one.problems);
  const wire = useDesigner(designer, (one) => one.wire);
  const canEdit = useDesigner(designer, (one) => one.canEdit);
  const [nodes, setNodes] = useState(() => nodesOf(designer, []));
  // An empty canvas stays where it is when the first node comes.
  const [wasDrawn] = useState(() => idsOf(designer.document).length > 0);
  const flow = useReactFlow();
  const tip = useRef(null);
  useEffect(() => {
    setNodes((before) => nodesOf(designer, before));
  }, [document, selection, steps, problems, canEdit]);
  const edges = useMemo(() => edgesOf(designer), [document, wire, steps]);
  useEffect(() => {
    Object.assign(designer, { flow, fit: () => flow.fitView(FIT) });
  }, [flow]);
  // Handlers never change: a new one would make React Flow tell every node and wire.
  const handlers = useMemo(() => ({ ...changes(designer, setNodes), ...wiring(designer, tip), ...pressing(designer, flow) }), [flow]);
  return html`<${ReactFlow}
    nodes=${nodes} edges=${edges} nodeTypes=${TYPES} ...${handlers}
    nodesDraggable=${canEdit} nodesConnectable=${canEdit} edgesFocusable=${false} nodesFocusable=${true} disableKeyboardA11y=${true}
    deleteKeyCode=${null} selectionKeyCode="Shift" multiSelectionKeyCode=${MANY_KEYS} panActivationKeyCode="Space" panOnScroll=${false} zoomOnDoubleClick=${false}
    snapToGrid=${true} snapGrid=${SNAP} minZoom=${0.1} maxZoom=${2} fitView=${wasDrawn} fitViewOptions=${FIT} elevateNodesOnSelect=${true}
    connectionRadius=${28} ariaLabelConfig=${LABELS} proOptions=${PRO}>
    <${Background} gap=${GRID} size=${1.4} />
    <${Controls} showInteractive=${false} fitViewOptions=${FIT} position="bottom-left" />
    <${MiniMap} pannable=${true} zoomable=${true} position="bottom-right" nodeClassName=${mapClass} nodeBorderRadius=${6} />
    <${Panel} position="top-center"><p className="wire-tip" ref=${tip} role="presentation" hidden></p><//>
  <//>`;
}

const SNAP = [GRID / 2, GRID / 2];
const PRO = { hideAttribution: true }; // its licence stands beside it in static/vendor/xyflow
const FAR = 0.4;
const MANY_KEYS = ["Control", "Meta", "Shift"];

// Nodes as React Flow wants them: the same object as before wherever nothing of it changed, so that nothing is drawn again.
function nodesOf(designer, before) {
  const known = new Map(before.map((node) => [node.id, node]));
  const { document } = designer;
  return idsOf(document).map((id) => {
    const old = known.get(id);
    const [x, y] = document.layout?.[id] ?? [0, 0];
    const isSelected = designer.selection.has(id);
    const data = dataOf(designer, id, old?.data);
    const isMoved = !old || old.placed?.[0] !== x || old.placed?.[1] !== y;
    if (old && old.data === data && old.selected === isSelected && !isMoved && old.draggable === designer.canEdit) return old;
    const position = isMoved ? { x, y } : old.position;
    return { ...old, id, type: "step", data, position, placed: [x, y], selected: isSelected, draggable: designer.canEdit, width: WIDTH, initialHeight: designer.height(id), ariaLabel: labelOf(designer, id) };
  });
}

function dataOf(designer, id, old) {
  const { document } = designer;
  const fresh = {
    designer,
    parts: designer.parts(id),
    job: isData(id) ? null : jobsOf(document)[id],
    input: isData(id) ? document.inputs[nameOf(id)] : null,
    problems: designer.problemsAt(id),
    step: designer.steps.get(id) ?? null,
    canEdit: designer.canEdit,
  };
  const isSame = old && Object.keys(fresh).every((key) => old[key] === fresh[key] || (key === "problems" && isSameList(old[key], fresh[key])) || (key === "step" && old.step?.state === fresh.step?.state));
  return isSame ? old : fresh;
}

function isSameList(a, b) {
  return a.length === b.length && a.every((one, index) => one.sentence === b[index].sentence && one.port === b[index].port);
}

function labelOf(designer, id) {
  const count = designer.problemsAt(id).length;
  const step = designer.steps.get(id);
  return [designer.title(id), designer.parts(id).title, step && (designer.config.states[step.state]?.[1] ?? step.state), count && `${count} ${count === 1 ? "problem" : "problems"}`].filter(Boolean).join(", ");
}

function edgesOf(designer) {
  return wiresOf(designer.document).map((wire) => {
    const port = designer.parts(wire.from).outputs.find((one) => one.name === wire.fromPort);
    const isUnderWay = designer.steps.get(wire.from)?.state === "running";
    const words = ["wire", wire.isControl ? "is-control" : typeClass(port?.type), isUnderWay && "is-under-way"].filter(Boolean).join(" ");
    return { id: wire.id, source: wire.from, sourceHandle: wire.fromPort, target: wire.to, targetHandle: wire.toPort, className: words, selected: wire.id === designer.wire, interactionWidth: 18, focusable: false };
  });
}

function mapClass(node) {
  const step = node.data.step;
  return `map-node ${node.data.problems.length ? "is-bad" : ""} ${step ? `is-${step.state}` : ""} ${node.selected ? "is-selected" : ""}`;
}

function choose(designer, changes) {
  const next = new Set(designer.selection);
  for (const { id, selected } of changes) selected ? next.add(id) : next.delete(id);
  designer.select(next);
}

// What is chosen and moved. Removing goes through the document, which answers with the nodes that are left.
function changes(designer, setNodes) {
  const moved = (nodes) => {
    const places = {};
    for (const node of nodes) {
      const before = designer.document.layout[node.id];
      if (before?.[0] !== Math.round(node.position.x) || before?.[1] !== Math.round(node.position.y)) places[node.id] = [node.position.x, node.position.y];
    }
    if (Object.keys(places).length) designer.move(places);
  };
  return {
    onNodesChange: (all) => {
      const kept = all.filter((change) => change.type !== "remove" && change.type !== "select");
      if (kept.length) setNodes((before) => applyNodeChanges(kept, before));
      const chosen = all.filter((change) => change.type === "select");
      if (chosen.length) choose(designer, chosen);
    },
    onEdgesChange: (all) => {
      const chosen = all.find((change) => change.type === "select" && change.selected);
      if (chosen) designer.select([], chosen.id);
      else if (all.some((change) => change.type === "select" && change.id === designer.wire)) designer.select([...designer.selection]);
    },
    onNodeDragStop: (_, __, nodes) => moved(nodes),
    onSelectionDragStop: (_, nodes) => moved(nodes),
  };
}

function pressing(designer, flow) {
  return {
    onNodeContextMenu: (event, node) => contextMenu(event, () => (designer.selection.has(node.id) || designer.select([node.id]), menuOfNode(designer, node.id))),
    onSelectionContextMenu: (event) => contextMenu(event, () => menuOfNode(designer, [...designer.selection][0])),
    onEdgeContextMenu: (event, edge) => contextMenu(event, () => (designer.select([], edge.id), menuOfWire(designer))),
    onPaneContextMenu: (event) => contextMenu(event, () => menuOfCanvas(designer, placeOf(flow, event))),
    onNodeClick: (event, node) => lookAt(designer, node.id, event.target),
    onNodeDoubleClick: () => designer.onedit?.(),
    onPaneClick: () => designer.select([]),
    // From far away only names are drawn: nobody can read more, and it moves faster.
    onMove: (_, { zoom }) => designer.place.querySelector(".react-flow").toggleAttribute("data-far", zoom < FAR),
    onDragOver: (event) => allowDrop(event, designer.canEdit),
    onDrop: (event) => drop(designer, flow, event),
  };
}

// Drawing a wire: ports that fit are marked, and over one that does not the reason is shown.
function wiring(designer, tip) {
  const wireOf = ({ source, sourceHandle, target, targetHandle }) => ({ from: source, fromPort: sourceHandle, to: target, toPort: targetHandle });
  let last = "";
  const start = (_, { nodeId, handleId }) => {
    last = "";
    markPorts(designer, nodeId, handleId);
  };
  const end = (_, state) => {
    markPorts(designer, "", "");
    showTip(tip.current, "");
    if (state && state.isValid === false && state.toHandle && state.fromHandle) designer.refuse(designer.whyNot({ from: state.fromHandle.nodeId, fromPort: state.fromHandle.id, to: state.toHandle.nodeId, toPort: state.toHandle.id }) || last);
  };
  return {
    isValidConnection: (connection) => {
      last = connection.target && connection.targetHandle ? designer.whyNot(wireOf(connection)) : "";
      showTip(tip.current, last);
      return !last;
    },
    onConnect: (connection) => designer.connect(wireOf(connection)),
    onConnectStart: start,
    onConnectEnd: end,
    onClickConnectStart: start,
    onClickConnectEnd: end,
  };
}

function showTip(place, words) {
  if (!place) return;
  place.hidden = !words;
  place.textContent = words;
}

function markPorts(designer, from, fromPort) {
  const canvas = designer.place.querySelector(".react-flow");
  canvas.toggleAttribute("data-connecting", Boolean(from));
  for (const handle of canvas.querySelectorAll(".react-flow__handle.target")) {
    const isFit = from && !designer.whyNot({ from, fromPort, to: handle.dataset.nodeid, toPort: handle.dataset.handleid });
    handle.toggleAttribute("data-fits", Boolean(isFit));
  }
}

function lookAt(designer, id, target) {
  const port = target.closest?.(".step-port.is-there")?.dataset.port;
  if (port) designer.set({ peek: { node: id, port } });
}

function contextMenu(event, items) {
  event.preventDefault();
  const found = items();
  if (found.length) openMenu(found, { x: event.clientX, y: event.clientY, label: "Actions" });
}

export function placeOf(flow, event) {
  const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  return [x, y];
}

function allowDrop(event, canEdit) {
  if (!canEdit || !event.dataTransfer.types.includes(DRAG)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

// What the palette drags: a reference, or a data input as JSON.
function drop(designer, flow, event) {
  const text = event.dataTransfer.getData(DRAG);
  if (!text) return;
  event.preventDefault();
  const [x, y] = placeOf(flow, event);
  addDragged(designer, JSON.parse(text), [x - WIDTH / 2, y - GRID]);
}

export function startDrag(event, what) {
  event.dataTransfer.setData(DRAG, JSON.stringify(what));
  event.dataTransfer.effectAllowed = "copy";
}

export function addDragged(designer, { reference, input, job, name, label }, at) {
  const declaration = reference && designer.catalogue.find(reference);
  if (declaration) return designer.add(declaration, at);
  if (job) return designer.addStep(job, at, name, label);
  return input ? designer.addInput(input, at, name) : "";
}

// The middle of what is seen, where the palette adds without a pointer.
export function middle(designer) {
  const box = designer.place.querySelector(".react-flow")?.getBoundingClientRect();
  if (!designer.flow || !box) return afterAll(designer);
  const { x, y } = designer.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return [x - WIDTH / 2, y - 60];
}

function afterAll(designer) {
  const places = Object.values(designer.document.layout ?? {});
  return places.length ? [Math.max(...places.map(([x]) => x)) + WIDTH + 100, Math.min(...places.map(([, y]) => y))] : [GRID, GRID];
}
