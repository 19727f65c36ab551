// The columns dialog: what is shown, in its order, and whatever else there is, found by a word on the server.
import { NAME, labelOf } from "./columns.js";
import { frame, answer } from "./dialogs.js";
import { parts } from "./cells.js";
import { ask, fail } from "./server.js";
import { element, iconButton } from "../run/dom.js";

const PAGE = 60;
const WAIT = 180;

export async function openPicker(grid, { forGroups = false } = {}) {
  const title = forGroups ? "Group by" : "Columns";
  const { dialog, body, form } = frame(title, forGroups ? "Group" : "Show columns");
  dialog.classList.add("dialog-wide", "grid-picker");
  const start = forGroups ? grid.states.get("group") ?? [] : grid.columns().map((one) => one.column).filter((spec) => spec !== NAME);
  const picked = [...start];
  const search = element("input", { type: "search", class: "form-control", placeholder: "Find a metric, parameter, tag or attribute", "aria-label": "Find a column" });
  const found = element("div", { class: "grid-picker-list", role: "group", "aria-label": "Columns there are" });
  const chosen = element("ol", { class: "grid-picker-chosen", "aria-label": "Columns shown, in order" });
  const count = element("p", { class: "form-hint", role: "status" });
  body.append(search, element("div", { class: "grid-picker-sides" }, element("section", {}, count, found), element("section", {}, element("p", { class: "form-hint" }, forGroups ? "Grouped by, in this order" : "Shown, in this order"), chosen)));

  const showChosen = () => chosen.replaceChildren(...picked.map((spec, at) => chosenLine(spec, at, picked, showChosen, () => load(false))));
  let start_at = 0;
  let turn = 0;
  async function load(more) {
    const now = (turn += 1);
    start_at = more ? start_at + PAGE : 0;
    const query = new URLSearchParams({ experiment: grid.config.experiment, q: search.value, start: start_at, limit: PAGE });
    try {
      const page = await ask(`${grid.urls.keys}?${query}`);
      if (now !== turn) return;
      const lines = page.results.filter((key) => key.column !== NAME && (!forGroups || key.kind !== "metric")).map((key) => foundLine(key, picked, showChosen));
      if (more) found.querySelector("[data-more]")?.remove();
      else found.replaceChildren();
      found.append(...lines);
      const rest = page.total - start_at - page.results.length;
      if (rest > 0) found.append(element("button", { type: "button", class: "btn btn-link btn-sm", "data-more": true, onclick: () => load(true) }, `${rest.toLocaleString("en")} more`));
      count.textContent = page.total ? `${page.total.toLocaleString("en")} found` : "Nothing is called so. A metric's full name finds it wherever it is.";
    } catch (error) {
      fail(error);
    }
  }
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => load(false), WAIT);
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  showChosen();
  load(false);
  const result = await answer(dialog, form, () => picked);
  if (!result) return;
  if (forGroups) {
    grid.states.set({ group: result.slice(0, 5), tree: false, open: [], closed: [] });
    return;
  }
  const known = new Map(grid.columns().map((one) => [one.column, one]));
  const name = known.get(NAME);
  grid.states.set({ columns: [...(name ? [name] : []), ...result.map((column) => known.get(column) ?? { column })] });
}

function foundLine(key, picked, changed) {
  const same = (spec) => spec === key.column || (key.kind === "metric" && parts(spec).kind === "metric" && parts(spec).key === key.key);
  const box = element("input", { type: "checkbox", class: "form-check-input", checked: picked.some(same) });
  box.addEventListener("change", () => {
    if (box.checked) picked.push(key.column);
    else for (const spec of picked.filter(same)) picked.splice(picked.indexOf(spec), 1);
    changed();
  });
  const note = key.count ? `${key.kind} · ${key.count.toLocaleString("en")}` : key.kind;
  return element("label", { class: "form-check" }, box, element("span", { class: "truncate", title: key.key }, key.kind === "attribute" ? labelOf(key.column) : key.key), element("span", { class: "muted push" }, note));
}

function chosenLine(spec, at, picked, changed, found) {
  const move = (by) => {
    picked.splice(at, 1);
    picked.splice(at + by, 0, spec);
    changed();
  };
  const label = labelOf(spec);
  return element("li", {},
    element("span", { class: "truncate", title: spec }, label),
    element("span", { class: "muted" }, parts(spec).kind),
    element("span", { class: "push" },
      iconButton("arrow-up", `Move ${label} up`, () => move(-1), { disabled: at === 0 }),
      iconButton("arrow-down", `Move ${label} down`, () => move(1), { disabled: at === picked.length - 1 }),
      iconButton("x", `Leave ${label} out`, () => {
        picked.splice(at, 1);
        changed();
        found();
      })));
}
