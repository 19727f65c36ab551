// What can be done with a node, a wire or the empty canvas: the entries of their menus.
import { fail, toast } from "../grid/server.js";
import { connectFrom } from "./connecting.js";
import { isData, idsOf } from "./graph.js";
import { readPiece } from "./pieces.js";

const MOD = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl ";

export function menuOfNode(designer, id) {
  const many = designer.selection.size > 1;
  const canRun = designer.config.canRun && !isData(id) && !many;
  const edits = designer.canEdit && [
    { label: many ? "Arrange these" : "Edit", icon: many ? "network" : "pencil", run: () => (many ? designer.arrange() : designer.onedit?.()), key: many ? "" : "Enter" },
    !many && designer.parts(id).outputs.length > 0 && { label: "Connect …", icon: "link", key: "C", run: () => connectFrom(designer, id) },
    { label: "Copy", icon: "copy", key: `${MOD}C`, run: () => copy(designer) },
    { label: "Cut", icon: "clipboard-paste", key: `${MOD}X`, run: () => cut(designer) },
    { label: "Duplicate", icon: "plus", key: `${MOD}D`, run: () => designer.duplicate() },
  ];
  return [
    ...(edits || [{ label: "Show", icon: "eye", run: () => designer.onedit?.() }, { label: "Copy", icon: "copy", run: () => copy(designer) }]),
    ...(canRun ? ["divider", ...runs(designer, id)] : []),
    ...(designer.canEdit ? ["divider", { label: many ? `Delete ${designer.selection.size} nodes` : "Delete", icon: "trash", danger: true, key: "Del", run: () => designer.remove() }] : []),
  ];
}

function runs(designer, id) {
  return [
    { label: "Run only this", icon: "play", run: () => designer.onrun?.({ node: id, which: "one" }) },
    { label: "Run from here", icon: "circle-play", run: () => designer.onrun?.({ node: id, which: "from" }) },
    { label: "Run up to here", icon: "corner-down-right", run: () => designer.onrun?.({ node: id, which: "upto" }) },
  ];
}

export function menuOfWire(designer) {
  const { chosenWire } = designer;
  if (!chosenWire) return [];
  const isDone = designer.steps.get(chosenWire.from)?.state === "completed";
  return [
    isDone && { label: "What went through", icon: "table-2", run: () => designer.set({ peek: { node: chosenWire.from, port: chosenWire.fromPort } }) },
    designer.canEdit && { label: "Remove the wire", icon: "unlink", danger: true, key: "Del", run: () => designer.remove() },
  ].filter(Boolean);
}

export function menuOfCanvas(designer, at) {
  return [
    designer.canEdit && { label: "Add a step", icon: "plus", key: "A", run: () => designer.onadd?.() },
    designer.canEdit && { label: "Paste", icon: "clipboard-paste", key: `${MOD}V`, run: () => pasteClipboard(designer, at) },
    { label: "Select all", icon: "square", key: `${MOD}A`, run: () => designer.select(idsOf(designer.document)) },
    designer.canEdit && { label: "Arrange everything", icon: "network", run: () => designer.arrange() },
    { label: "Fit everything", icon: "maximize", key: "F", run: () => designer.fit?.() },
  ].filter(Boolean);
}

let kept = ""; // where the browser lets no page read its clipboard, within this page

export async function copy(designer) {
  const text = designer.copied();
  if (!text) return;
  kept = text;
  await navigator.clipboard?.writeText(text).catch(() => {});
  designer.say(designer.selection.size === 1 ? "Copied one node." : `Copied ${designer.selection.size} nodes.`);
}

export async function cut(designer) {
  await copy(designer);
  designer.remove();
}

export async function pasteClipboard(designer, at) {
  const text = (await navigator.clipboard?.readText().catch(() => "")) || kept;
  paste(designer, text, at);
}

// Nodes as JSON, or a pipeline file as the studio reads it. `at` is a place, or answers one for the nodes.
export async function paste(designer, text, at) {
  const isAnywhere = typeof at === "function";
  const put = (piece) => {
    if (designer.paste(piece, isAnywhere ? at(piece) : at) && isAnywhere) designer.reveal?.([...designer.selection][0]);
  };
  const piece = readPiece(text) ?? readPiece(kept === text ? kept : "");
  if (piece) {
    put(piece);
    return;
  }
  if (!/(^|\n)\s*jobs\s*:/.test(text)) {
    toast("There are no nodes on the clipboard.", "warning");
    return;
  }
  try {
    const { document, problems } = await designer.studio.read(text);
    if (document) put({ inputs: document.inputs ?? {}, jobs: document.jobs ?? {}, layout: document.layout ?? {} });
    else toast(problems?.[0]?.sentence ?? "The text is no pipeline.", "error");
  } catch (error) {
    fail(error);
  }
}
