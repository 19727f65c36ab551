// Parameters that are lists: conditions, pairs, keys, aggregations, orders, new names. Each line has its fields and a way out.
import { element, iconButton } from "../run/dom.js";

// `make(item, change)` answers the fields of one line; `change(item)` tells its new value.
export function lines({ items, make, blank, label, isFixed, onchange }) {
  const place = element("div", { class: "field-lines" });
  let kept = items.map((item) => ({ ...item }));
  const tell = () => onchange(kept.map((item) => ({ ...item })));
  const show = () => {
    place.replaceChildren(...kept.map((item, at) => line(item, at)));
    if (!isFixed) place.append(element("button", { type: "button", class: "btn btn-sm", onclick: add }, label));
  };
  const line = (item, at) => {
    const fields = make(item, (changes) => {
      Object.assign(item, changes);
      tell();
    });
    return element("div", { class: "field-line" }, ...fields, isFixed ? null : iconButton("x", `Remove line ${at + 1}`, () => drop(at)));
  };
  const drop = (at) => {
    kept = kept.toSpliced(at, 1);
    show();
    tell();
  };
  const add = () => {
    kept.push(blank());
    show();
    place.querySelectorAll(".field-line").item(kept.length - 1)?.querySelector("input, select")?.focus();
  };
  if (!kept.length && !isFixed) kept.push(blank());
  show();
  return place;
}

export function select(label, choices, value, onchange, isEmptyAllowed = true) {
  const options = choices.map(([key, words]) => element("option", { value: key, selected: key === value }, words ?? key));
  const isKnown = choices.some(([key]) => key === value);
  if (!isKnown && (isEmptyAllowed || value)) options.unshift(element("option", { value: value ?? "", selected: true }, value || "Choose …"));
  const made = element("select", { class: "form-select form-select-sm", "aria-label": label }, ...options);
  made.addEventListener("change", () => onchange(made.value));
  return made;
}

export function input(label, value, onchange, attributes = {}) {
  const made = element("input", { class: "form-control form-control-sm", "aria-label": label, value: value ?? "", autocomplete: "off", spellcheck: "false", ...attributes });
  made.addEventListener("input", () => onchange(made.value));
  return made;
}
