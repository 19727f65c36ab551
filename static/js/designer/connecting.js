// A wire without a pointer: from a node, an output, then one of the inputs that it fits. At the node, or at its line.
import { openMenu } from "../grid/menu.js";
import { inType } from "./declared.js";
import { idsOf, wiresOf } from "./graph.js";
import { IN_PORT } from "./references.js";

const MOST = 60;

export function connectFrom(designer, id) {
  const { outputs } = designer.parts(id);
  if (!outputs.length) {
    designer.refuse(`${designer.title(id)} has no output to connect.`);
    return;
  }
  const offer = (port) => afterFocus(designer, id, () => offerInputs(designer, id, port));
  if (outputs.length === 1) offer(outputs[0]);
  else show(designer, id, `Connect ${designer.title(id)} from`, outputs.map((port) => ({ label: port.label, icon: "corner-down-right", hint: inType(port.type), run: () => offer(port) })));
}

function offerInputs(designer, id, port) {
  const found = fitting(designer, id, port.name);
  if (!found.length) {
    designer.refuse(`No step here takes what ${port.label} of ${designer.title(id)} gives.`);
    return;
  }
  const done = (wire) => () => {
    designer.connect(wire);
    designer.reveal(id);
  };
  show(designer, id, `${port.label} to`, found.slice(0, MOST).map(({ wire, label, now }) => ({ label, icon: now ? "repeat" : "plus", hint: now ? `Instead of ${now}` : "", run: done(wire) })));
}

// Every input that a wire from this output may end at: free ones first, the nearest node first. `now` is what it has.
export function fitting(designer, id, fromPort) {
  const { document } = designer;
  const taken = new Map(wiresOf(document).map((wire) => [`${wire.to} ${wire.toPort}`, wire]));
  const isControl = designer.parts(id).outputs.find((port) => port.name === fromPort)?.isControl;
  const found = [];
  for (const other of idsOf(document)) {
    const ports = isControl ? [{ name: IN_PORT, label: "" }] : designer.parts(other).inputs;
    for (const port of ports) {
      const wire = { from: id, fromPort, to: other, toPort: port.name };
      const before = taken.get(`${other} ${port.name}`);
      if (designer.whyNot(wire) || (before?.from === id && before.fromPort === fromPort)) continue;
      found.push({ wire, label: [designer.title(other), port.label].filter(Boolean).join(": "), now: before ? designer.title(before.from) : "" });
    }
  }
  const way = (other) => Math.hypot(...[0, 1].map((axis) => (document.layout?.[other]?.[axis] ?? 0) - (document.layout?.[id]?.[axis] ?? 0)));
  return found.sort((a, b) => Boolean(a.now) - Boolean(b.now) || way(a.wire.to) - way(b.wire.to));
}

function show(designer, id, words, items) {
  const place = designer.place.querySelector(`.react-flow__node[data-id="${id}"], .outline-line[data-node="${id}"]`)?.getBoundingClientRect();
  openMenu([{ head: words }, ...items], { x: place?.left ?? 0, y: place?.bottom ?? 0, label: words });
}

// The node has the focus before the menu opens, so that it has it again when the menu is closed.
function afterFocus(designer, id, work) {
  designer.select([id]);
  designer.reveal(id);
  requestAnimationFrame(() => requestAnimationFrame(work));
}
