// What can be done with a column from its head: each action is a step with this column filled in.

const TEXT = new Set(["text", "unknown"]);
const NUMBER = new Set(["integer", "number"]);
const DATE = new Set(["date", "datetime"]);

export function actionsOf(column, page) {
  const { name, type } = column;
  const add = (kind, parameters, isDone = false) => () => page.addStep(kind, parameters, isDone);
  const list = [
    { label: "Filter …", symbol: "filter", run: add("filter", { conditions: [firstCondition(column, page)] }) },
    { label: "Sort smallest first", symbol: "arrow-up", run: add("sort", { by: [{ column: name, descending: false }] }, true) },
    { label: "Sort largest first", symbol: "arrow-down", run: add("sort", { by: [{ column: name, descending: true }] }, true) },
    "-",
    { label: "New column by example", symbol: "zap", run: () => page.example.start("column", { column: name }) },
  ];
  if (TEXT.has(type)) list.push({ label: "Split by example", symbol: "zap", run: () => page.example.start("split", { column: name }) }, { label: "Split …", symbol: "columns-3", run: add("split_column", { column: name, into: [`${name}_1`, `${name}_2`], by: "delimiter", delimiter: " " }) }, { label: "Extract …", symbol: "wrap-text", run: add("extract", { column: name, into: `${name}_part`, how: "first" }) }, { label: "Clean text …", symbol: "wrap-text", run: add("clean_text", { columns: [name], spaces: "all" }) });
  if (NUMBER.has(type)) list.push({ label: "Round …", symbol: "hash", run: add("round", { columns: [name] }) }, { label: "Bin …", symbol: "chart-column", run: add("bin", { column: name }) }, { label: "Scale …", symbol: "scale", run: add("scale", { columns: [name] }) }, { label: "Remove outliers …", symbol: "target", run: add("outliers", { columns: [name] }) });
  if (DATE.has(type)) list.push({ label: "Date parts …", symbol: "calendar", run: add("date_parts", { column: name, parts: ["year", "month"] }) });
  list.push(
    "-",
    { label: "Rename …", symbol: "pencil", run: add("rename", { names: { [name]: name } }) },
    { label: "Change type …", symbol: "braces", run: add("change_type", { columns: [name], type: TEXT.has(type) ? "number" : "text" }) },
    { label: "Fill gaps …", symbol: "pencil", run: add("fill_missing", { columns: [name], how: NUMBER.has(type) ? "median" : "mode" }) },
    { label: "Replace values …", symbol: "pencil", run: add("replace_values", { columns: [name], pairs: [] }) },
    { label: "Drop rows with gaps here", symbol: "filter-x", run: add("drop_missing", { columns: [name] }, true) },
    { label: "Remove duplicates by this", symbol: "layers", run: add("distinct", { columns: [name] }, true) },
    "-",
    { label: "Move to the front", symbol: "arrow-left", run: add("reorder", { columns: [name], place: "first" }, true) },
    { label: "Drop column", symbol: "trash", isDanger: true, run: add("drop_columns", { columns: [name] }, true) },
  );
  return list;
}

// A condition that holds for what is there, to be narrowed.
function firstCondition({ name, type }, page) {
  const sketch = page.table.sketches.find((one) => one.name === name);
  if (NUMBER.has(type) && sketch?.min !== undefined) return { column: name, op: ">=", value: sketch.min };
  if (TEXT.has(type)) return { column: name, op: "contains", value: "" };
  if (type === "boolean") return { column: name, op: "=", value: "true" };
  return { column: name, op: "not_missing", value: null };
}
