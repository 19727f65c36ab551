// The menu of one row, where the pointer is or at the row's own cell.
import { act } from "./bulk.js";
import { askTag, startEditing } from "./editing.js";
import { fullText } from "./cells.js";
import { openMenu } from "./menu.js";
import { basket } from "../basket.js";

export function openRowMenu(grid, event) {
  const { data, node, value, event: pointer } = event;
  if (!data) return;
  const items = data.kind === "group" ? groupItems(grid, data) : data.kind === "run" ? runItems(grid, data, node, value) : [];
  if (items.length) openMenu(items, { x: pointer?.clientX ?? 0, y: pointer?.clientY ?? 0, label: data.name ?? "Group" });
}

function groupItems(grid, data) {
  return [{ label: data.open ? "Fold" : "Unfold", icon: data.open ? "chevron-right" : "chevron-down", run: () => grid.fold(data) }];
}

function runItems(grid, data, node, value) {
  const { id } = data;
  const pinned = (grid.states.get("pinned") ?? []).includes(id);
  const hidden = grid.isHidden(id);
  const isLive = ["queued", "preparing", "running", "finalizing"].includes(data.state);
  const isBaseline = grid.states.get("baseline") === id;
  return [
    { label: "Open", icon: "external-link", key: "↵", run: () => (location.href = grid.urls.run.replace("RUN", id)) },
    { label: "Open in a new tab", icon: "external-link", run: () => window.open(grid.urls.run.replace("RUN", id), "_blank", "noopener") },
    { label: basket.has(id) ? "Take out of the comparison" : "Add to the comparison", icon: "git-compare", key: "c", run: () => (basket.has(id) ? basket.remove([id]) : basket.add([id])) },
    { label: isBaseline ? "No baseline" : "Make it the baseline", icon: "flag", key: "b", run: () => grid.states.set({ baseline: isBaseline ? "" : id }) },
    { label: pinned ? "Let go from the top" : "Hold on top", icon: pinned ? "pin-off" : "pin", run: () => grid.flip("pinned", id) },
    { label: hidden ? "Show in the charts" : "Hide in the charts", icon: hidden ? "eye" : "eye-off", run: () => grid.flip("hidden", id) },
    "divider",
    { label: "Copy the id", icon: "copy", run: () => navigator.clipboard.writeText(id) },
    fullText(value) ? { label: "Copy the value", icon: "copy", run: () => navigator.clipboard.writeText(fullText(value)) } : null,
    ...(grid.can.edit ? ["divider",
      node.rowPinned ? null : { label: "Rename", icon: "pencil", key: "e", run: () => startEditing(grid, node.rowIndex) },
      { label: "Tag…", icon: "tag", key: "t", run: () => askTag(grid, { ids: [id] }) },
      { label: "Move…", icon: "folder-input", run: () => act(grid, "move", [id]) }] : []),
    grid.can.stop && isLive ? { label: "Stop", icon: "square", run: () => act(grid, "stop", [id]) } : null,
    grid.can.archive && !isLive ? { label: data.archived ? "Restore" : "Archive", icon: "archive", run: () => act(grid, data.archived ? "restore" : "archive", [id]) } : null,
    ...(grid.can.delete && !isLive ? ["divider", { label: "Delete", icon: "trash", key: "#", danger: true, run: () => act(grid, "trash", [id]) }] : []),
  ];
}
