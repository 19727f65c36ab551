// The canvas by keyboard. Single keys rest inside fields, and when the person switched them off.
import { bindings } from "../bindings.js";
import { remembered } from "../storage.js";
import { connectFrom } from "./connecting.js";
import { GRID, idsOf } from "./graph.js";
import { copy, cut, paste } from "./menus.js";
import { middle } from "./canvas.js";

const FIELDS = "input, textarea, select, [contenteditable], [role=textbox], dialog, .menu";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SEQUENCE_MS = 1200;
const GROUP = "In the designer";

// For the sheet; what they do is below, near the canvas they act on.
const SHOWN = [
  ["Tab", "Next node, next part of the page"], ["←", "Go to the node beside"], ["shift+←", "Move the node"], ["Enter", "Edit the node; Escape goes back to it"], ["a", "Add a step"], ["c", "Connect an output of the node"], ["Delete", "Delete what is chosen"],
  ["mod+a", "Choose every node"], ["mod+c", "Copy"], ["mod+x", "Cut"], ["mod+v", "Paste"], ["mod+d", "Duplicate"], ["mod+z", "Undo"], ["mod+shift+z", "Redo"], ["mod+y", "Redo"], ["mod+s", "Save now"], ["f", "Fit everything"], ["1", "Show at 100 %"], ["Escape", "Choose nothing"],
];

export function bindKeys(designer, draft) {
  bindings.push(...SHOWN.map(([keys, label]) => ({ keys, label, group: GROUP })));
  const actions = actionsOf(designer, draft);
  let sequence = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !isOurs(designer, event.target)) return;
    const isField = Boolean(event.target.closest?.(FIELDS));
    const mod = event.ctrlKey || event.metaKey;
    const name = `${mod ? "mod+" : ""}${event.shiftKey && mod ? "shift+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    // Undo inside a field is the field's own while it has something to undo; the others work everywhere.
    if (isField && name !== "mod+s") {
      if (name === "Escape" && designer.only && event.target.closest(".designer-panel")) designer.reveal(designer.only);
      return;
    }
    const isSingle = !mod && event.key.length === 1;
    if (isSingle && (remembered("singleKeys") === "off" || event.altKey || Date.now() - sequence < SEQUENCE_MS)) return;
    if (name === "g") sequence = Date.now();
    const action = actions[name] ?? (ARROWS[event.key] && !mod && designer.view === "canvas" ? (one) => arrow(designer, one) : null);
    if (!action || action(event) === false) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  bindClipboard(designer);
}

// The buttons in the head of the page are the designer's too: keys work on after one was pressed.
function isOurs(designer, target) {
  return Boolean(target.closest?.("[data-slot]")) || target === document.body || target === document.documentElement || designer.place.contains(target) || target.closest?.("#main") === target;
}

function actionsOf(designer, draft) {
  const isCanvas = () => designer.view === "canvas";
  return {
    "mod+z": () => designer.travel("undo"),
    "mod+y": () => designer.travel("redo"),
    "mod+shift+z": () => designer.travel("redo"),
    "mod+s": () => void draft.save(),
    "mod+a": () => designer.view !== "text" && designer.select(idsOf(designer.document)),
    "mod+d": () => designer.duplicate(),
    Delete: () => designer.remove(),
    Backspace: () => designer.remove(),
    Enter: (event) => edit(designer, event),
    Escape: () => (designer.selection.size || designer.wire || designer.peek ? designer.select([]) : false),
    a: () => (designer.canEdit ? designer.onadd() : false),
    c: (event) => connect(designer, event),
    f: () => (isCanvas() ? void designer.fit?.() : false),
    1: () => (isCanvas() ? void designer.flow?.zoomTo(1) : false),
  };
}

// Enter at a node of the canvas or at a line of the outline chooses it and goes to its fields; other buttons keep their own.
function edit(designer, event) {
  const line = event.target.closest?.(".outline-open")?.closest(".outline-line");
  if (!line && event.target.closest?.("button, a, summary")) return false;
  const id = line?.dataset.node ?? focused(event.target);
  if (id) designer.select([id]);
  if (!designer.only) return false;
  designer.onedit?.();
  return true;
}

function connect(designer, event) {
  const id = focused(event.target) || event.target.closest?.(".outline-line")?.dataset.node || designer.only;
  if (!id || !designer.canEdit || designer.view === "text") return false;
  connectFrom(designer, id);
  return true;
}

function focused(target) {
  return target.closest?.(".react-flow__node")?.dataset.id ?? "";
}

// To the nearest node that way; with Shift the chosen ones move.
function arrow(designer, event) {
  const [x, y] = ARROWS[event.key];
  const { layout = {} } = designer.document;
  if (event.shiftKey) {
    if (!designer.canEdit || !designer.selection.size) return false;
    designer.move(Object.fromEntries([...designer.selection].filter((id) => layout[id]).map((id) => [id, [layout[id][0] + x * GRID, layout[id][1] + y * GRID]])), "arrows");
    return true;
  }
  const from = focused(event.target) || designer.only;
  const next = from ? nearest(layout, from, [x, y]) : idsOf(designer.document)[0];
  if (!next) return false;
  designer.select([next]);
  designer.reveal(next);
  return true;
}

function nearest(layout, from, [x, y]) {
  const [left, top] = layout[from] ?? [0, 0];
  let best = "";
  let least = Infinity;
  for (const [id, [otherX, otherY]] of Object.entries(layout)) {
    const along = (otherX - left) * x + (otherY - top) * y;
    const across = Math.abs((otherX - left) * y) + Math.abs((otherY - top) * x);
    if (id === from || along <= 0 || along + 2 * across >= least) continue;
    least = along + 2 * across;
    best = id;
  }
  return best;
}

function placesOf(layout) {
  const places = Object.values(layout);
  return places.length ? places : [[0, 0]];
}

// The browser's own events carry the text, so no page has to be let read the clipboard.
function bindClipboard(designer) {
  const isHere = (event) => isOurs(designer, event.target) && !event.target.closest?.(FIELDS) && designer.view !== "text" && !String(getSelection());
  for (const kind of ["copy", "cut"]) {
    document.addEventListener(kind, (event) => {
      const text = isHere(event) && (kind === "copy" || designer.canEdit) ? designer.copied() : "";
      if (!text) return;
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      void (kind === "copy" ? copy(designer) : cut(designer));
    });
  }
  document.addEventListener("paste", (event) => {
    if (!isHere(event) || !designer.canEdit) return;
    event.preventDefault();
    void paste(designer, event.clipboardData.getData("text/plain"), ({ layout }) => middle(designer, placesOf(layout)));
  });
}
