// What can be done with a column: its menu.
import { close, openMenu } from "./menu.js";
import { NAME } from "./columns.js";
import { labelOf } from "./columns.js";
import { parts } from "./cells.js";

const AGGREGATES = ["last", "min", "max", "best", "first", "mean"];
const FAMILIES = { metric: "metrics", param: "params", tag: "tags" };

export function closeColumnMenu() {
  close();
}

export function columnMenu(grid, spec, button) {
  const { kind, key, aggregate } = parts(spec);
  const { at, descending } = grid.orderOf(spec);
  const items = [
    { label: "Sort largest first", icon: "arrow-down", checked: at >= 0 && descending, run: () => grid.sortBy(spec, false, true) },
    { label: "Sort smallest first", icon: "arrow-up", checked: at >= 0 && !descending, run: () => grid.sortBy(spec, false, false) },
    { label: "Sort by this next", icon: "arrow-up-down", hint: "Shift and a click on the head does the same", run: () => grid.sortBy(spec, true, true) },
    "divider",
    kind === "attribute" && !["name", "state", "user", "source", "experiment"].includes(key) ? null : { label: "Filter by this column…", icon: "filter", run: () => filterBy(grid, kind, key) },
    spec === NAME || kind === "metric" ? null : { label: (grid.states.get("group") ?? []).includes(spec) ? "Do not group by this" : "Group by this", icon: "layers", run: () => grid.flip("group", spec) },
    ["metric", "param"].includes(kind) || key === "duration" ? { label: "Shade by size", icon: "flame", checked: grid.isHeated(spec), run: () => grid.flip("heat", spec) } : null,
    ...(kind === "metric" ? ["divider", { head: "Which value of the metric" }, ...AGGREGATES.map((one) => ({ label: one === "best" ? "best, by its goal" : one, checked: one === aggregate, run: () => reaggregate(grid, spec, `metric:${key}.${one}`) }))] : []),
    ...(spec === NAME ? [] : ["divider",
      { label: "Pin left", icon: "pin", checked: pinOf(grid, spec) === "left", run: () => pin(grid, spec, "left") },
      { label: "Pin right", icon: "pin", checked: pinOf(grid, spec) === "right", run: () => pin(grid, spec, "right") },
      { label: `Hide ${labelOf(spec)}`, icon: "eye-off", run: () => grid.states.set({ columns: grid.columns().filter((one) => one.column !== spec) }) }]),
  ];
  openMenu(items, { button, label: `Column ${labelOf(spec)}` });
}

function pinOf(grid, spec) {
  return grid.columns().find((one) => one.column === spec)?.pin ?? null;
}

function pin(grid, spec, side) {
  const next = pinOf(grid, spec) === side ? undefined : side;
  grid.states.set({ columns: grid.columns().map((one) => (one.column === spec ? withPin(one, next) : one)) });
}

function withPin({ pin: _, ...rest }, side) {
  return side ? { ...rest, pin: side } : rest;
}

function reaggregate(grid, spec, next) {
  const columns = grid.columns().filter((one) => one.column !== next || one.column === spec);
  const replace = (one) => one.replace(spec, next);
  grid.states.set({
    columns: columns.map((one) => (one.column === spec ? { ...one, column: next } : one)),
    order: (grid.states.get("order") ?? []).map((one) => (one.replace(/^-/, "") === spec ? replace(one) : one)),
    heat: (grid.states.get("heat") ?? []).map((one) => (one === spec ? next : one)),
  });
}

// The language's own words for the column, put into the filter for the person to complete.
function filterBy(grid, kind, key) {
  const family = kind === "attribute" ? "" : `${FAMILIES[kind]}.`;
  const name = /^[A-Za-z_][\w./-]*$/.test(key) && kind === "attribute" ? key : kind === "attribute" ? key : /^\w+$/.test(key) ? key : `"${key}"`;
  grid.send("grid-compose", { text: `${family}${name} ` });
}
