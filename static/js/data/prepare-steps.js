// The list of steps: press one to see the table after it; move, switch off, delete; a problem stands on its step.
import { icon } from "../icon.js";
import { element, iconButton } from "../run/dom.js";

export class StepList {
  constructor(place, page) {
    Object.assign(this, { place, page });
    this.place.addEventListener("keydown", (event) => this.pressed(event));
    this.place.addEventListener("dragover", (event) => this.over(event));
    this.place.addEventListener("drop", (event) => this.dropped(event));
  }

  show() {
    const { draft, chosen, told } = this.page;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
    const source = this.item({ key: "", label: draft.source || "No source", note: told ? `${told.source_rows.toLocaleString("en")} rows of the sample` : "", symbol: "database", isChosen: chosen === "" });
    this.place.replaceChildren(source, ...draft.steps.map((step, at) => this.step(step, at)));
    if (focused !== null) this.place.querySelector(`[data-key="${focused}"] .step-open`)?.focus();
  }

  step(step, at) {
    const kind = this.page.kinds.get(step.kind);
    const told = this.page.toldOf(step.key);
    const problem = told?.problems[0];
    const sentence = step.note || told?.sentence || kind.label;
    const note = !step.enabled ? "Off" : problem ? (isOpen(problem) ? `Needs ${problem.sentence.match(/“(.+)”/)?.[1].toLowerCase() ?? "more"}` : problem.sentence) : told?.is_waiting ? "Waits for the step above" : told && told.rows !== null ? `${told.rows.toLocaleString("en")} rows` : "";
    const item = this.item({ key: step.key, label: sentence, note, symbol: kind.icon, number: at + 1, isChosen: this.page.chosen === step.key, problem, isOff: !step.enabled, isWaiting: told?.is_waiting });
    if (this.page.canEdit) item.append(this.buttons(step, sentence));
    if (this.page.canEdit) this.makeDraggable(item, step.key);
    return item;
  }

  item({ key, label, note, symbol, number, isChosen, problem, isOff, isWaiting }) {
    const names = ["step", isChosen && "is-chosen", problem && (isOpen(problem) ? "is-needing" : "is-wrong"), isOff && "is-off", isWaiting && "is-waiting"].filter(Boolean).join(" ");
    const mark = problem ? icon("circle-alert", "icon-sm") : icon(symbol, "icon-sm");
    const place = element("span", { class: "visually-hidden" }, number ? `Step ${number}: ` : "Source: ");
    const words = element("span", { class: "step-words" }, place, element("span", { class: "step-label", title: label }, label), note ? element("span", { class: "step-note" }, note) : null);
    const open = element("button", { type: "button", class: "step-open", "aria-current": isChosen ? "step" : null, onclick: () => this.page.choose(key) }, mark, words);
    return element("li", { class: names, "data-key": key }, open);
  }

  buttons(step, sentence) {
    const { draft } = this.page;
    return element(
      "span",
      { class: "step-buttons" },
      iconButton(step.enabled ? "eye" : "eye-off", `${step.enabled ? "Switch off" : "Switch on"}: ${sentence}`, () => draft.update(step.key, { enabled: !step.enabled })),
      iconButton("trash", `Delete: ${sentence}`, () => this.page.remove(step.key)),
    );
  }

  makeDraggable(item, key) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      this.dragged = key;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", key);
      item.classList.add("is-dragged");
    });
    item.addEventListener("dragend", () => {
      this.dragged = null;
      this.unmark();
      item.classList.remove("is-dragged");
    });
  }

  over(event) {
    const item = event.target.closest("[data-key]");
    if (!this.dragged || !item) return;
    event.preventDefault();
    this.unmark();
    item.classList.add(this.isBelow(event, item) ? "drop-after" : "drop-before");
  }

  dropped(event) {
    const item = event.target.closest("[data-key]");
    if (!this.dragged || !item) return;
    event.preventDefault();
    const { draft } = this.page;
    const from = draft.index(this.dragged);
    let to = item.dataset.key ? draft.index(item.dataset.key) + (this.isBelow(event, item) ? 1 : 0) : 0;
    if (from < to) to -= 1;
    draft.move(this.dragged, to);
  }

  isBelow(event, item) {
    const box = item.getBoundingClientRect();
    return !item.dataset.key || event.clientY > box.top + box.height / 2;
  }

  unmark() {
    for (const item of this.place.children) item.classList.remove("drop-after", "drop-before");
  }

  // Up and down go through the steps, with Alt they move one; Delete deletes; Space switches.
  pressed(event) {
    const item = event.target.closest("[data-key]");
    if (!item || !event.target.matches(".step-open")) return;
    const { draft, canEdit } = this.page;
    const key = item.dataset.key;
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way && event.altKey && key && canEdit) {
      event.preventDefault();
      draft.move(key, draft.index(key) + way);
      this.page.say(`Step moved to place ${draft.index(key) + 1} of ${draft.steps.length}.`);
    } else if (way) {
      event.preventDefault();
      (way < 0 ? item.previousElementSibling : item.nextElementSibling)?.querySelector(".step-open").focus();
    } else if ((event.key === "Delete" || event.key === "Backspace") && key && canEdit) {
      event.preventDefault();
      this.page.remove(key);
    }
  }
}

// Something is not filled in yet: no fault, a step that is being made.
function isOpen(problem) {
  return problem.sentence.endsWith("is missing.");
}
