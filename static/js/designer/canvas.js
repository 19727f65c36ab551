// The canvas: nodes and wires of the document. Positions while dragging are its own; the document hears of them at the end.
import { Flow, html, Icon, React, useDesigner } from "./react.js";
import { openMenu } from "../grid/menu.js";
import { FIT, fit, LEAST_ZOOM } from "./fit.js";
import { GRID, idsOf } from "./graph.js";
import { roomFor, WIDTH } from "./layout.js";
import { menuOfCanvas, menuOfNode, menuOfWire } from "./menus.js";
import { edgesOf, nodesOf, waysFor } from "./shown.js";
import { StepNode } from "./step-node.js";
import { WireEdge } from "./wire-edge.js";

const { ReactFlow, Background, ControlButton, Controls, MiniMap, Panel, applyNodeChanges, useReactFlow, useStoreApi } = Flow;
const { useEffect, useMemo, useRef, useState } = React;
const TYPES = { step: StepNode };
const WIRES = { wire: WireEdge };
const DRAG = "application/x-atelier-component";
const LABELS = { "controls.zoomIn.ariaLabel": "Zoom in", "controls.zoomOut.ariaLabel": "Zoom out", "minimap.ariaLabel": "Map of the canvas", "handle.ariaLabel": "Port" };

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
  const store = useStoreApi();
  const tip = useRef(null);
  useEffect(() => {
    setNodes((before) => nodesOf(designer, before));
  }, [document, selection, steps, problems, canEdit]);
  const drawn = useRef({ ways: null, edges: [] });
  const edges = useMemo(() => {
    const ways = waysFor(designer, drawn.current.ways);
    drawn.current = { ways, edges: edgesOf(designer, ways.ways, drawn.current.edges) };
    return drawn.current.edges;
  }, [document, wire, steps]);
  useEffect(() => {
    Object.assign(designer, { flow, fit: () => fit(designer) });
  }, [flow]);
  // Handlers never change: a new one would make React Flow tell every node and wire.
  const handlers = useMemo(() => ({ ...changes(designer, setNodes), ...wiring(designer, tip), ...pressing(designer, flow), onPointerDownCapture: (event) => holdStill(store, event) }), [flow]);
  return html`<${ReactFlow}
    nodes=${nodes} edges=${edges} nodeTypes=${TYPES} edgeTypes=${WIRES} ...${handlers}
    nodesDraggable=${canEdit} nodesConnectable=${canEdit} edgesFocusable=${false} nodesFocusable=${true} disableKeyboardA11y=${true}
    deleteKeyCode=${null} selectionKeyCode="Shift" multiSelectionKeyCode=${MANY_KEYS} panActivationKeyCode="Space" panOnScroll=${false} zoomOnDoubleClick=${false}
    snapToGrid=${true} snapGrid=${SNAP} minZoom=${LEAST_ZOOM} maxZoom=${2} fitView=${wasDrawn} fitViewOptions=${FIT} onInit=${() => wasDrawn && fit(designer)} elevateNodesOnSelect=${true}
    connectionRadius=${28} ariaLabelConfig=${LABELS} proOptions=${PRO}>
    <${Background} gap=${GRID} size=${1.4} />
    <${Controls} showInteractive=${false} showFitView=${false} position="bottom-left"><${ControlButton} onClick=${() => fit(designer)} title="Fit everything (F)" aria-label="Fit everything"><${Icon} name="maximize" /><//><//>
    <${MiniMap} pannable=${true} zoomable=${true} position="bottom-right" nodeClassName=${mapClass} nodeBorderRadius=${6} />
    <${Panel} position="top-center"><p className="wire-tip" ref=${tip} role="presentation" hidden></p><//>
  <//>`;
}

const SNAP = [GRID / 2, GRID / 2];
const PRO = { hideAttribution: true }; // its licence stands beside it in static/vendor/xyflow
const FAR = 0.4;
const EDGE = 50; // the library moves the canvas from 40 pixels on
const MANY_KEYS = ["Control", "Meta", "Shift"];

function mapClass(node) {
  const step = node.data.step;
  return `map-node ${node.data.problems.length ? "is-bad" : ""} ${step && !node.data.isStale ? `is-${step.state}` : ""} ${node.selected ? "is-selected" : ""}`;
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

// The canvas moves along when a wire is drawn to its edge. A wire that begins there must not have it slide away beneath it.
function holdStill(store, { currentTarget, clientX, clientY }) {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
  const inside = Math.min(clientX - left, right - clientX, clientY - top, bottom - clientY);
  store.setState({ autoPanOnConnect: inside > EDGE });
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

// Where nodes go that are added without a pointer: to the middle of what is seen, or the nearest place beside what is there.
export function middle(designer, wanted = [[0, 0]]) {
  const [left, top] = [Math.min(...wanted.map(([x]) => x)), Math.min(...wanted.map(([, y]) => y))];
  const places = wanted.map(([x, y]) => [x - left, y - top]);
  const [x, y] = middleSeen(designer);
  return roomFor(designer.document, designer.sizes(), [x - Math.max(...places.map(([byX]) => byX)) / 2, y - Math.max(...places.map(([, byY]) => byY)) / 2], places);
}

function middleSeen(designer) {
  const box = designer.place.querySelector(".react-flow")?.getBoundingClientRect();
  if (!designer.flow || !box) return afterAll(designer);
  const { x, y } = designer.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return [x - WIDTH / 2, y - 60];
}

function afterAll(designer) {
  const places = Object.values(designer.document.layout ?? {});
  return places.length ? [Math.max(...places.map(([x]) => x)) + WIDTH + 100, Math.min(...places.map(([, y]) => y))] : [GRID, GRID];
}
