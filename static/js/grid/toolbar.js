// The tools above the table and the bar below it: what is pressed there is done to the grid.
import { bindBulk } from "./bulk.js";
import { labelOf, NAME } from "./columns.js";
import { openMenu } from "./menu.js";
import { bindPanes } from "./panes.js";
import { openPicker } from "./picker.js";
import { fail } from "./server.js";
import { bindViews } from "./views-menu.js";
import { csrfToken } from "../csrf.js";
import { element } from "../run/dom.js";

const FORMATS = { csv: "CSV", json: "JSON", parquet: "Parquet" };

export function bindToolbar(grid) {
  const actions = {
    columns: () => openPicker(grid),
    group: (button) => groupMenu(grid, button),
    tree: () => grid.states.set({ tree: !grid.states.get("tree"), group: [], open: [], closed: [] }),
    differences: () => grid.states.set({ differences: !grid.states.get("differences") }),
    more: (button) => moreMenu(grid, button),
    retry: () => grid.reopen(),
    fresh: () => grid.reopen(),
    clear: () => grid.states.set({ filter: "", archived: false }),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-grid]");
    if (button && actions[button.dataset.grid]) actions[button.dataset.grid](button);
  });
  grid.addEventListener("grid-state", () => show(grid));
  bindFilter(grid);
  bindPanes(grid);
  bindViews(grid);
  bindBulk(grid);
  show(grid);
}

function show(grid) {
  for (const name of ["tree", "differences"]) {
    document.querySelector(`[data-grid="${name}"]`)?.setAttribute("aria-pressed", String(Boolean(grid.states.get(name))));
  }
  const group = document.querySelector('[data-grid="group"] .tool-word');
  const names = (grid.states.get("group") ?? []).map(labelOf);
  if (group) group.textContent = names.length ? `Group: ${names.join(", ")}` : "Group";
}

function bindFilter(grid) {
  const bar = document.querySelector(".toolbar search-bar");
  if (!bar) return;
  bar.addEventListener("search-change", (event) => grid.states.set({ filter: event.detail.text.trim() }));
  grid.addEventListener("grid-state", () => {
    const text = grid.states.get("filter") ?? "";
    if (!bar.contains(document.activeElement) && bar.value !== text) bar.value = text;
  });
  grid.addEventListener("grid-compose", ({ detail }) => {
    const before = bar.value.trim();
    const field = bar.querySelector("input");
    field.value = before ? `${before} AND ${detail.text}` : detail.text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function groupMenu(grid, button) {
  const chosen = grid.states.get("group") ?? [];
  const shown = grid.columnSpecs().filter((spec) => spec !== NAME && !spec.startsWith("metric:"));
  const offered = [...new Set([...chosen, ...shown, "attribute:state", "attribute:user", "attribute:source"])];
  const items = [
    { head: "Group by, in this order" },
    ...offered.map((spec) => ({ label: labelOf(spec), checked: chosen.includes(spec), run: () => grid.states.set({ group: chosen.includes(spec) ? chosen.filter((one) => one !== spec) : [...chosen, spec].slice(0, 5), tree: false, open: [], closed: [] }) })),
    "divider",
    { label: "Another parameter or tag…", icon: "search", run: () => openPicker(grid, { forGroups: true }) },
    chosen.length ? { label: "Do not group", icon: "x", run: () => grid.states.set({ group: [], open: [] }) } : null,
  ];
  openMenu(items, { button, label: "Group by" });
}

function moreMenu(grid, button) {
  const density = grid.states.get("density") ?? grid.config.density;
  const items = [
    { head: "Row height" },
    ...["compact", "default", "comfortable"].map((one) => ({ label: one[0].toUpperCase() + one.slice(1), checked: density === one, run: () => grid.states.set({ density: one }) })),
    "divider",
    { head: `Export all ${grid.runs.toLocaleString("en")} runs with these columns` },
    ...Object.entries(FORMATS).map(([format, label]) => ({ label, icon: "download", run: () => download(grid, format) })),
    "divider",
    { label: "Archived runs", icon: "archive", checked: Boolean(grid.states.get("archived")), run: () => grid.states.set({ archived: !grid.states.get("archived") }) },
    { label: "Undo", icon: "undo-2", key: "Ctrl Z", disabled: !grid.states.past.length, run: () => grid.states.undo() },
    { label: "Redo", icon: "redo-2", key: "Ctrl ⇧ Z", disabled: !grid.states.future.length, run: () => grid.states.redo() },
    { label: "Copy the address of this page", icon: "link", run: () => navigator.clipboard.writeText(location.href).catch(() => fail(new Error("The browser does not let the address be copied."))) },
    { label: "Back to the usual columns", icon: "rotate-ccw", disabled: !grid.states.get("columns"), run: () => grid.states.set({ columns: undefined, heat: [], differences: false }) },
  ];
  openMenu(items, { button, label: "More of this table" });
}

// A form, so that the browser writes what comes straight to the disk.
export function download(grid, format, question = grid.query) {
  const hidden = (name, value) => element("input", { type: "hidden", name, value });
  const specs = grid.columnSpecs().filter((spec) => !grid.alike.has(spec) || !grid.states.get("differences"));
  const form = element("form", { method: "post", action: grid.urls.export, hidden: true },
    hidden("csrfmiddlewaretoken", csrfToken()), hidden("format", format), hidden("query", JSON.stringify(question)), hidden("columns", JSON.stringify(specs)));
  document.body.append(form);
  form.submit();
  form.remove();
}
