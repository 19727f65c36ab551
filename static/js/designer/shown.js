// What React Flow draws: nodes and wires of the document, the same objects as before wherever nothing of them changed.
import { idsOf, isData, jobsOf, nameOf, wiresOf } from "./graph.js";
import { WIDTH } from "./layout.js";
import { typeClass } from "./looks.js";
import { waysOf } from "./routes.js";
import { STALE } from "./stale.js";

export function nodesOf(designer, before) {
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
    isStale: designer.stale.has(id),
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
  return [designer.title(id), designer.parts(id).title, step && stateOf(designer, id, step), count && `${count} ${count === 1 ? "problem" : "problems"}`].filter(Boolean).join(", ");
}

function stateOf(designer, id, step) {
  const word = designer.config.states[step.state]?.[1] ?? step.state;
  return designer.stale.has(id) ? `${word} ${STALE}` : word;
}

export function edgesOf(designer, ways, before) {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  return wiresOf(designer.document).map((wire) => {
    const port = designer.parts(wire.from).outputs.find((one) => one.name === wire.fromPort);
    const isUnderWay = designer.steps.get(wire.from)?.state === "running";
    const className = ["wire", wire.isControl ? "is-control" : typeClass(port?.type), isUnderWay && "is-under-way"].filter(Boolean).join(" ");
    const old = known.get(wire.id);
    const way = ways.get(wire.id);
    const selected = wire.id === designer.wire;
    if (old && old.className === className && old.selected === selected && old.data.way === way) return old;
    return { id: wire.id, type: "wire", source: wire.from, sourceHandle: wire.fromPort, target: wire.to, targetHandle: wire.toPort, className, selected, data: { way }, interactionWidth: 18, focusable: false };
  });
}

// The ways of wires hang on where nodes stand, how high they are and what is connected: typing changes none of it.
export function waysFor(designer, before) {
  const { document } = designer;
  const sizes = designer.sizes();
  const key = JSON.stringify([wiresOf(document).map((wire) => wire.id), [...sizes.values()].map((one) => one.height)]);
  if (before?.layout === document.layout && before.key === key) return before;
  const ways = waysOf(document, sizes);
  for (const [id, way] of ways) if (isSameWay(before?.ways.get(id), way)) ways.set(id, before.ways.get(id));
  return { layout: document.layout, key, ways };
}

function isSameWay(a, b) {
  return Boolean(a) && String(a) === String(b);
}
