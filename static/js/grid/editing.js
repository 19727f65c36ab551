// Editing in place: the name, a tag, the description. The server is told what was there before; when somebody else
// was quicker, both values are shown.
import { askConflict, askForm } from "./dialogs.js";
import { NAME } from "./columns.js";
import { parts } from "./cells.js";
import { ask, fail, toast } from "./server.js";

export function bindEditing(grid) {
  if (!grid.can.edit) return;
  grid.api.addEventListener("cellEditingStopped", (event) => {
    const { newValue, oldValue, data } = event;
    const spec = event.column.getColId();
    const text = typeof newValue === "string" ? newValue.trim() : "";
    if (newValue === undefined || newValue === null || text === (oldValue ?? "") || !data) return;
    if (spec === NAME && !text) return;
    save(grid, event.node, spec, oldValue ?? null, text);
  });
}

async function save(grid, node, spec, before, text) {
  const shown = node.data;
  try {
    await write(grid, shown.id, spec, before, text);
    put(node, spec, text);
  } catch (error) {
    if (error.code !== "edit_conflict") {
      fail(error);
      return;
    }
    const theirs = error.problem.errors.find(({ field }) => field === "theirs")?.message || null;
    put(node, spec, theirs ?? "");
    if ((await askConflict({ what: wordFor(spec), mine: text, theirs })) !== "mine") return;
    try {
      await write(grid, shown.id, spec, theirs, text);
      put(node, spec, text);
    } catch (again) {
      fail(again);
    }
  }
}

function wordFor(spec) {
  const { kind, key } = parts(spec);
  return kind === "tag" ? `The tag ${key}` : key === "description" ? "The description" : "The name";
}

function write(grid, id, spec, before, text) {
  const { kind, key } = parts(spec);
  const body = kind === "tag" ? { tags: { [key]: text || null }, expected: { tags: { [key]: before } } } : { [key]: text, expected: { [key]: before ?? "" } };
  return ask(grid.urls.edit.replace("RUN", id), { method: "PATCH", body });
}

function put(node, spec, text) {
  const data = { ...node.data, values: { ...node.data.values } };
  if (spec === NAME) data.name = text;
  else data.values[spec] = text;
  node.setData(data);
}

export function startEditing(grid, rowIndex, spec = NAME) {
  if (!grid.can.edit) return;
  if (!grid.columnSpecs().includes(spec) && spec !== NAME) return;
  grid.api.startEditingCell({ rowIndex, colKey: spec });
}

// Tags for the runs that are selected, or for the one that is named.
export async function askTag(grid, { ids = null } = {}) {
  const values = await askForm({
    title: "Tag runs",
    submit: "Tag",
    fields: [
      { name: "key", label: "Name", maxlength: 250, required: true },
      { name: "value", label: "Value", maxlength: 8000, hint: "Leave it empty for a tag without one." },
      { name: "remove", label: "Take this tag away instead", type: "checkbox", value: false },
    ],
  });
  if (!values || !values.key) return null;
  const tags = { [values.key]: values.remove ? null : values.value };
  if (ids) {
    try {
      await ask(grid.urls.bulk, { method: "POST", body: { ids, action: "tag", tags } });
      toast(values.remove ? `${values.key} was taken away.` : `${values.key} was set.`);
    } catch (error) {
      fail(error);
    }
  }
  return tags;
}
