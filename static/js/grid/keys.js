// The keyboard in the table: j k x Enter c as in every list; e t # b and the page's own Ctrl+Z, Ctrl+S.
import { act } from "./bulk.js";
import { askTag, startEditing } from "./editing.js";
import { fullText } from "./cells.js";
import { NAME } from "./columns.js";
import { save } from "./views-menu.js";
import { basket } from "../basket.js";
import { bindings } from "../bindings.js";
import { remembered } from "../storage.js";

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=textbox]";
const GROUP = "In the runs table";

export function bindKeys(grid) {
  const on = {
    j: () => step(grid, 1),
    k: () => step(grid, -1),
    x: () => withRow(grid, (node) => grid.selected.toggle(node)),
    c: () => withRow(grid, ({ data }) => (basket.has(data.id) ? basket.remove([data.id]) : basket.add([data.id]))),
    Enter: () => openRow(grid),
    ArrowRight: () => withFold(grid, false),
    ArrowLeft: () => withFold(grid, true),
  };
  const own = [
    { keys: "b", label: "Make the run the baseline", run: () => withRow(grid, ({ data }) => grid.states.set({ baseline: data.id })) },
    { keys: "mod+z", label: "Undo what was set over the page", run: () => grid.states.undo(), always: true },
    { keys: "mod+y", label: "Redo it", run: () => grid.states.redo(), always: true },
    { keys: "mod+s", label: "Save the view", run: () => save(grid), always: true },
  ];
  if (grid.can.edit) {
    own.push({ keys: "e", label: "Rename the run", run: () => withRow(grid, (node) => startEditing(grid, node.rowIndex)) });
    own.push({ keys: "t", label: "Tag the run, or those selected", run: () => tag(grid) });
  }
  if (grid.can.delete) own.push({ keys: "#", label: "Delete the run, or those selected", run: () => trash(grid) });
  for (const { keys, label, run, always } of own) bindings.push({ keys, label, run, group: GROUP, single: !always });
  // Before the page's own shortcuts, which know ordinary tables only.
  document.addEventListener("keydown", (event) => onKey(grid, event, on), true);
}

function onKey(grid, event, on) {
  if (event.defaultPrevented || event.isComposing) return;
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && event.shiftKey && event.key.toLowerCase() === "z" && !event.target.closest?.(FIELDS)) return stop(event, () => grid.states.redo());
  if (isMod && event.key.toLowerCase() === "z" && event.target.closest?.(FIELDS)) return event.stopPropagation();
  if (isMod && event.key.toLowerCase() === "c" && grid.contains(event.target) && !String(getSelection())) return copy(grid, event);
  if (isMod || event.altKey || !(event.key in on)) return undefined;
  const inGrid = grid.root.contains(event.target);
  if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open], .menu:popover-open")) return undefined;
  if (event.key.length === 1 && remembered("singleKeys") === "off") return undefined;
  if (event.key.startsWith("Arrow") && (!inGrid || grid.api.getFocusedCell()?.column.getColId() !== NAME)) return undefined;
  if (event.key === "Enter" && (!inGrid || event.target.closest("a, button, input"))) return undefined;
  if (event.key.startsWith("Arrow") && !foldable(grid, event.key === "ArrowLeft")) return undefined;
  return stop(event, on[event.key]);
}

function stop(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}

function current(grid) {
  const cell = grid.api.getFocusedCell();
  if (!cell) return null;
  return cell.rowPinned ? grid.api.getPinnedTopRow(cell.rowIndex) : grid.api.getDisplayedRowAtIndex(cell.rowIndex);
}

function withRow(grid, run) {
  const node = current(grid);
  if (node?.data?.kind === "run") run(node);
}

function step(grid, by) {
  const cell = grid.api.getFocusedCell();
  const at = cell ? cell.rowIndex + by : 0;
  const next = Math.min(Math.max(0, grid.count - 1), Math.max(0, at));
  grid.api.ensureIndexVisible(next);
  grid.api.setFocusedCell(next, cell?.column.getColId() ?? NAME);
}

function openRow(grid) {
  const node = current(grid);
  if (node?.data?.kind === "group") grid.fold(node.data);
  else if (node?.data?.kind === "run") location.href = grid.urls.run.replace("RUN", node.data.id);
}

function foldable(grid, isOpen) {
  const data = current(grid)?.data;
  return Boolean(data?.children) && data.open === isOpen;
}

function withFold(grid) {
  grid.fold(current(grid).data);
}

function copy(grid, event) {
  const cell = grid.api.getFocusedCell();
  const node = current(grid);
  if (!cell || !node?.data) return;
  const text = fullText(grid.api.getCellValue({ rowNode: node, colKey: cell.column }));
  if (text) stop(event, () => navigator.clipboard.writeText(text));
}

function chosen(grid) {
  const node = current(grid);
  if (grid.selected.size) return null;
  return node?.data?.kind === "run" ? [node.data.id] : [];
}

function tag(grid) {
  const ids = chosen(grid);
  if (ids === null) act(grid, "tag");
  else if (ids.length) askTag(grid, { ids });
}

function trash(grid) {
  const ids = chosen(grid);
  if (ids === null) act(grid, "trash");
  else if (ids.length) act(grid, "trash", ids);
}
