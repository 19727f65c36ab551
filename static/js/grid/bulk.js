// What is done to many runs at once: those selected, or all that match.
import { askForm } from "./dialogs.js";
import { askTag } from "./editing.js";
import { ask, fail, toast } from "./server.js";
import { basket } from "../basket.js";

const DONE = { stop: "asked to stop", archive: "archived", restore: "restored", tag: "tagged", move: "moved", trash: "put into the trash" };
const QUESTIONS = {
  stop: (count) => ({ text: `Stop ${count}? What they have recorded stays.`, label: "Stop runs" }),
  trash: (count) => ({ text: `Delete ${count}? They lie in the trash for a while and can be restored from there.`, label: "Delete runs", danger: true }),
};

export function bindBulk(grid) {
  const bar = document.querySelector("[data-grid-bulk]");
  if (!bar) return;
  grid.addEventListener("grid-selection", () => show(grid, bar));
  grid.addEventListener("grid-state", () => show(grid, bar));
  bar.addEventListener("click", (event) => {
    const action = event.target.closest("[data-bulk]")?.dataset.bulk;
    if (action) act(grid, action);
  });
  show(grid, bar);
}

function show(grid, bar) {
  const { selected } = grid;
  bar.hidden = selected.size === 0;
  bar.querySelector("[data-count]").textContent = selected.all ? `All ${grid.runs.toLocaleString("en")}` : String(selected.ids.size);
  const isArchive = Boolean(grid.states.get("archived"));
  const toggles = { archive: isArchive, restore: !isArchive, compare: selected.all };
  for (const [action, hidden] of Object.entries(toggles)) {
    const button = bar.querySelector(`[data-bulk="${action}"]`);
    if (button) button.hidden = hidden;
  }
}

export async function act(grid, action, ids = null) {
  const { selected } = grid;
  if (action === "clear") return selected.drop();
  const target = ids ?? [...selected.ids.keys()];
  if (action === "compare") return compare(grid, target);
  const size = ids ? ids.length : selected.size;
  const body = { action, ...(selected.all && !ids ? { query: grid.query } : { ids: target }) };
  if (QUESTIONS[action]) {
    const question = QUESTIONS[action](size === 1 ? "this run" : `${size.toLocaleString("en")} runs`);
    if (!(await document.querySelector("confirm-dialog").ask(question))) return undefined;
  }
  if (action === "tag") {
    body.tags = await askTag(grid);
    if (!body.tags) return undefined;
  }
  if (action === "move") {
    body.to = await askPlace(grid);
    if (!body.to) return undefined;
  }
  return send(grid, body);
}

async function askPlace(grid) {
  const known = document.createElement("datalist");
  known.id = "grid-experiments";
  document.body.append(known);
  ask(`${grid.urls.experiments}?limit=200`).then(({ results }) => {
    known.replaceChildren(...results.map(({ path }) => Object.assign(document.createElement("option"), { value: path })));
  }).catch(() => {}); // the names are a help; the field takes any
  const values = await askForm({
    title: "Move runs to another experiment",
    submit: "Move",
    fields: [{ name: "to", label: "Experiment", required: true, maxlength: 255, list: known.id, hint: "A path such as vision/digits; a new one is made. Child runs go along." }],
  });
  known.remove();
  return values?.to;
}

function compare(grid, ids) {
  basket.add(ids);
  location.href = `${grid.urls.compare}?ids=${ids.slice(0, 50).join(",")}`;
}

async function send(grid, body) {
  // The interface takes so many by name at once; more are a question of their own.
  const parts = body.ids ? chunks(body.ids, 1000) : [null];
  let changed = 0;
  const refused = [];
  try {
    for (const ids of parts) {
      const answer = await ask(grid.urls.bulk, { method: "POST", body: ids ? { ...body, ids } : body });
      if (answer.change) {
        toast(`${answer.total.toLocaleString("en")} runs are being changed. The activity tray shows how far it is.`);
        grid.selected.drop();
        return;
      }
      changed += answer.changed.length;
      refused.push(...answer.refused);
    }
    tell(body.action, changed, refused);
    grid.selected.drop();
    grid.reopen();
  } catch (error) {
    fail(error);
  }
}

function tell(action, changed, refused) {
  if (changed) toast(`${changed.toLocaleString("en")} ${changed === 1 ? "run was" : "runs were"} ${DONE[action]}.`);
  for (const { id, reason } of refused.slice(0, 3)) toast(`${id} was left as it is. ${reason}`, "warning");
  if (refused.length > 3) toast(`${(refused.length - 3).toLocaleString("en")} more were left as they are.`, "warning");
}

function chunks(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}
