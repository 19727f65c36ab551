// The conditions of a search as chips: a picture of the text, from which each can be taken away or picked to be edited.
import { icon } from "../icon.js";

export function drawChips(row, chips, { remove, edit }) {
  row.replaceChildren(...chips.map((chip, index) => drawn(chip, index, remove, edit)));
}

// The text without one of its conditions; all of them hold, so the rest is joined by AND.
export function textWithout(text, chips, index) {
  return chips
    .filter((_, at) => at !== index)
    .map(({ start, end }) => text.slice(start, end))
    .join(" AND ");
}

function drawn(chip, index, remove, edit) {
  const item = document.createElement("li");
  item.className = "chip search-chip";
  const label = document.createElement("button");
  label.type = "button";
  label.className = "search-chip-text";
  label.title = chip.text;
  label.setAttribute("aria-label", `Edit ${chip.text}`);
  label.append(...words(chip));
  label.addEventListener("click", () => edit(index));
  const cross = document.createElement("button");
  cross.type = "button";
  cross.className = "chip-remove";
  cross.setAttribute("aria-label", `Remove ${chip.text}`);
  cross.append(icon("x", "icon-sm"));
  cross.addEventListener("click", () => remove(index));
  item.append(label, cross);
  return item;
}

function words(chip) {
  if (chip.kind !== "compare") return [chip.text];
  const field = document.createElement("span");
  const end = chip.text.indexOf(` ${chip.operator}`);
  field.className = "key";
  field.textContent = chip.text.slice(0, end);
  return [field, chip.text.slice(end)];
}
