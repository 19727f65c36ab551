// Saved views: the menu, saving, and the mark that the page is no longer what was saved.
import { askForm } from "./dialogs.js";
import { openMenu } from "./menu.js";
import { ask, fail, toast } from "./server.js";

export function bindViews(grid) {
  document.querySelector('[data-grid="views"]')?.addEventListener("click", (event) => menu(grid, event.currentTarget));
  grid.addEventListener("grid-state", () => show(grid));
  show(grid);
}

function show(grid) {
  const mark = document.querySelector("[data-grid-modified]");
  if (mark) mark.hidden = !grid.states.isModified;
  const name = document.querySelector("[data-grid-view]");
  if (name) name.textContent = grid.states.view?.name || "Views";
}

async function menu(grid, button) {
  let views = [];
  try {
    views = (await ask(`${grid.urls.views}?limit=200`)).results;
  } catch (error) {
    fail(error);
  }
  const here = views.filter((view) => (view.experiment ?? "") === grid.config.experiment);
  const other = views.filter((view) => (view.experiment ?? "") !== grid.config.experiment);
  const { view } = grid.states;
  const canChange = view && (view.scope === "team" ? grid.can.share : view.is_mine);
  const line = (one) => ({ label: one.name, icon: one.is_default ? "star" : one.scope === "team" ? "users" : "user", checked: view?.id === one.id, hint: one.scope === "team" ? `The team's, by ${one.owner ?? "somebody"}` : "Your own", run: () => open(grid, one.id) });
  openMenu([
    here.length ? { head: "Views of this page" } : { head: "No views are kept here yet" },
    ...here.map(line),
    other.length ? { head: "Views of other pages" } : null,
    ...other.slice(0, 30).map((one) => ({ ...line(one), label: `${one.name} (${one.experiment ?? "all runs"})` })),
    "divider",
    canChange ? { label: `Save changes to ${view.name}`, icon: "save", key: "Ctrl S", disabled: !grid.states.isModified, run: () => save(grid) } : null,
    { label: "Save as a new view…", icon: "plus", run: () => saveAs(grid) },
    canChange ? { label: "Rename or share…", icon: "pencil", run: () => rename(grid) } : null,
    view && grid.states.isModified ? { label: "Back to what was saved", icon: "rotate-ccw", run: () => grid.states.set({ ...blank(grid.states.now), ...grid.states.viewState }) } : null,
    { label: "The page as it usually is", icon: "table-2", run: () => leave(grid) },
    canChange ? "divider" : null,
    canChange ? { label: `Delete ${view.name}`, icon: "trash", danger: true, run: () => drop(grid) } : null,
  ], { button, label: "Views" });
}

function blank(state) {
  return Object.fromEntries(Object.keys(state).map((name) => [name, undefined]));
}

// Takes over a view without leaving the page; it may have been made for another experiment.
async function open(grid, id) {
  try {
    const { state, ...view } = await ask(`${grid.urls.views}/${id}`);
    grid.states.view = view;
    grid.states.viewState = clean(state);
    grid.states.set({ ...blank(grid.states.now), ...state });
    grid.writeAddress();
    grid.tell();
  } catch (error) {
    fail(error);
  }
}

function clean({ version, ...state }) {
  return state;
}

function leave(grid) {
  grid.states.view = null;
  grid.states.viewState = null;
  grid.states.set(blank(grid.states.now));
  grid.writeAddress();
  grid.tell();
}

// Ctrl+S: into the view the page began from, or a new one.
export async function save(grid) {
  const { view } = grid.states;
  if (!view || !(view.scope === "team" ? grid.can.share : view.is_mine)) return saveAs(grid);
  try {
    await ask(`${grid.urls.views}/${view.id}`, { method: "PATCH", body: { state: grid.states.now } });
    grid.states.viewState = grid.states.now;
    grid.writeAddress();
    grid.tell();
    toast(`${view.name} is saved.`);
  } catch (error) {
    fail(error);
  }
}

function fields(grid, view) {
  const scopes = [["personal", "Only mine"], ...(grid.can.share ? [["team", "The whole team's"]] : [])];
  return [
    { name: "name", label: "Name", value: view?.name ?? "", maxlength: 120, required: true },
    { name: "scope", label: "Who finds it in the menu", value: view?.scope ?? "personal", options: scopes },
    ...(grid.config.experiment && grid.can.share ? [{ name: "is_default", label: "This experiment opens with it (the team's only)", type: "checkbox", value: view?.is_default ?? false }] : []),
  ];
}

async function saveAs(grid) {
  const values = await askForm({ title: "Save this page as a view", text: "Columns, filter, grouping, order and charts are kept.", submit: "Save view", fields: fields(grid, null) });
  if (!values) return;
  try {
    const { state, ...view } = await ask(grid.urls.views, { method: "POST", body: { ...values, experiment: grid.config.experiment, state: grid.states.now } });
    grid.states.view = view;
    grid.states.viewState = grid.states.now;
    grid.writeAddress();
    grid.tell();
    toast(`${view.name} is saved.`);
  } catch (error) {
    fail(error);
  }
}

async function rename(grid) {
  const { view } = grid.states;
  const values = await askForm({ title: "The view", submit: "Save", fields: fields(grid, view) });
  if (!values) return;
  try {
    const { state, ...changed } = await ask(`${grid.urls.views}/${view.id}`, { method: "PATCH", body: values });
    grid.states.view = changed;
    grid.tell();
  } catch (error) {
    fail(error);
  }
}

async function drop(grid) {
  const { view } = grid.states;
  const dialog = document.querySelector("confirm-dialog");
  const whose = view.scope === "team" ? " It goes from everybody's menu." : "";
  if (!(await dialog.ask({ text: `Delete the view ${view.name}?${whose}`, label: "Delete view", danger: true }))) return;
  try {
    await ask(`${grid.urls.views}/${view.id}`, { method: "DELETE" });
    grid.states.view = null;
    grid.states.viewState = null;
    grid.writeAddress();
    grid.tell();
    toast(`${view.name} is deleted.`);
  } catch (error) {
    fail(error);
  }
}
