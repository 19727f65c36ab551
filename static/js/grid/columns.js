// The columns as AG Grid knows them, made of the view's state.
import { commitText, durationCell, eyeCell, nameCell, numberOf, parts, selectCell, stateCell, timeText, valueText } from "./cells.js";
import { ColumnHead, SelectHead } from "./heads.js";

const NARROW = 640;
const RENDERERS = { state: stateCell, duration: durationCell };
const TEXTS = { started: timeText, created: timeText, ended: timeText, commit: commitText };
const WIDTHS = { state: 128, started: 112, created: 112, ended: 112, duration: 96, user: 140, experiment: 170, source: 90, commit: 96, description: 220, id: 130, parent: 130 };
const LABELS = { name: "Run", state: "State", experiment: "Experiment", started: "Started", created: "Created", ended: "Ended", duration: "Duration", user: "By", source: "Source", commit: "Commit", description: "Description", id: "Id", parent: "Parent" };
const SPREAD = 176; // mean ± deviation (count)
const NUMERIC = new Set(["duration"]);
export const NAME = "attribute:name";

export function labelOf(spec) {
  const { kind, key, aggregate } = parts(spec);
  if (kind === "attribute") return LABELS[key] ?? key;
  return aggregate && aggregate !== "last" ? `${key} ${aggregate}` : key;
}

export function isNarrow() {
  return window.innerWidth < NARROW;
}

// chosen: [{ column, width, pin }]; alike: specs that do not tell the runs apart, left out while `differences` is on.
export function definitions(grid, chosen, alike) {
  const narrow = isNarrow();
  const named = chosen.find((one) => one.column === NAME);
  const others = chosen.filter((one) => one.column !== NAME && !alike.has(one.column));
  const visible = narrow ? others.slice(0, 2) : others;
  return [
    { colId: "select", headerComponent: SelectHead, cellRenderer: selectCell, width: 40, pinned: narrow ? null : "left", lockPosition: "left", suppressMovable: true, resizable: false, cellClass: "grid-tight", headerClass: "grid-tight", suppressNavigable: false },
    ...(narrow ? [] : [{ colId: "eye", headerName: "Shown in the charts", cellRenderer: eyeCell, width: 36, pinned: "left", lockPosition: "left", suppressMovable: true, resizable: false, cellClass: "grid-tight", headerClass: "grid-tight", headerComponentParams: { quiet: true }, headerComponent: ColumnHead }]),
    nameColumn(grid, named, narrow),
    ...visible.map((one) => column(grid, one, narrow)),
  ];
}

function nameColumn(grid, chosen, narrow) {
  return {
    colId: NAME,
    headerName: "Run",
    headerComponent: ColumnHead,
    headerComponentParams: { spec: NAME, grid },
    cellRenderer: nameCell,
    valueGetter: ({ data }) => data?.name,
    width: chosen?.width ?? (narrow ? 190 : 280),
    minWidth: 120,
    pinned: narrow ? null : "left",
    lockPinned: true,
    suppressMovable: true,
    editable: ({ data }) => grid.can.edit && data?.kind === "run",
    valueSetter: () => false,
    cellEditor: "agTextCellEditor",
    cellEditorParams: { maxLength: 255 },
  };
}

function column(grid, { column: spec, width, pin }, narrow) {
  const { kind, key } = parts(spec);
  const isNumber = kind === "metric" || NUMERIC.has(key) && kind === "attribute";
  return {
    colId: spec,
    headerName: labelOf(spec),
    headerComponent: ColumnHead,
    headerComponentParams: { spec, grid },
    valueGetter: ({ data, node, context }) => (data ?? context.outlined(node))?.values?.[spec],
    ...(kind === "attribute" && RENDERERS[key] ? { cellRenderer: RENDERERS[key] } : { valueFormatter: (kind === "attribute" && TEXTS[key]) || valueText }),
    width: width ?? (kind === "attribute" ? WIDTHS[key] ?? 120 : kind === "metric" && grid.states.get("group") ? SPREAD : 120),
    minWidth: 56,
    pinned: narrow ? null : pin ?? null,
    headerClass: isNumber ? "grid-number" : "",
    cellClass: ({ value }) => ((value === null || value === undefined || value === "") && key !== "duration" ? "grid-none " : "") + (isNumber || kind === "param" && !Number.isNaN(numberOf(value)) ? "grid-number" : ""),
    cellStyle: ({ value, node }) => heat(grid, spec, value, node),
    editable: ({ data }) => grid.can.edit && data?.kind === "run" && (kind === "tag" || (kind === "attribute" && key === "description")),
    valueSetter: () => false,
    cellEditor: key === "description" && kind === "attribute" ? "agLargeTextCellEditor" : "agTextCellEditor",
    cellEditorPopup: key === "description" && kind === "attribute",
    cellEditorParams: { maxLength: kind === "tag" ? 8000 : 20000 },
  };
}

function heat(grid, spec, value, node) {
  const range = grid.ranges[spec];
  if (!range || !grid.isHeated(spec) || !node) return { "--heat": null };
  const number = numberOf(value);
  if (!Number.isFinite(number)) return { "--heat": null };
  const share = range[1] > range[0] ? (number - range[0]) / (range[1] - range[0]) : 0.5;
  return { "--heat": String(Math.min(1, Math.max(0, share)).toFixed(3)) };
}
