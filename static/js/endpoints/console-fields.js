// The fields of a model's signature as controls, and their values as the model takes them.
import { element } from "../run/dom.js";

const WHOLE = new Set(["integer", "long", "int", "int32", "int64"]);
const NUMBERS = new Set(["double", "float", "float32", "float64", ...WHOLE]);

export function fieldsOf(fields) {
  return fields.map((field, at) => {
    const id = `field-${at}`;
    const note = [field.type, field.required ? "" : "optional"].filter(Boolean).join(", ");
    const label = element("label", { class: "form-label", for: id }, field.name, element("span", { class: "optional" }, ` ${note}`));
    return element("div", { class: "field" }, label, controlOf(field, id));
  });
}

function controlOf({ type, required, value }, id) {
  if (type === "boolean") {
    const choices = [["true", "true"], ["false", "false"]];
    if (!required) choices.unshift(["", "–"]);
    const select = element("select", { class: "form-select", id }, ...choices.map(([said, word]) => element("option", { value: said }, word)));
    select.value = value === null || value === undefined ? choices[0][0] : String(value);
    return select;
  }
  const isNumber = NUMBERS.has(type);
  const input = element("input", { class: `form-control${isNumber ? " num" : ""}`, id, type: type === "datetime" ? "datetime-local" : isNumber ? "number" : "text", step: isNumber ? (WHOLE.has(type) ? "1" : "any") : null, required, autocomplete: "off", spellcheck: "false" });
  const isText = value !== null && typeof value === "object" ? JSON.stringify(value) : value;
  input.value = isText ?? "";
  return input;
}

// Optional fields that are empty are left out.
export function valuesOf(place, fields) {
  const names = [];
  const values = [];
  fields.forEach((field, at) => {
    const said = place.querySelector(`#field-${at}`).value;
    if (said === "" && !field.required) return;
    names.push(field.name);
    values.push(typed(said, field.type));
  });
  return { names, values };
}

function typed(said, type) {
  if (said === "") return null;
  if (type === "boolean") return said === "true";
  if (NUMBERS.has(type)) return Number(said);
  if (/^(array|object|map|\[|\{)/i.test(type)) {
    try {
      return JSON.parse(said);
    } catch {
      return said;
    }
  }
  return said;
}
