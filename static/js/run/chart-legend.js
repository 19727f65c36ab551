// The runs of a page of charts. A click hides one, a double click leaves only it, pointing at one dims the others.

import { element } from "./dom.js";

export class ChartLegend {
  constructor(place, board) {
    this.place = place;
    this.board = board;
    this.items = new Map();
  }

  show() {
    for (const run of this.board.runs) if (!this.items.has(run.id)) this.add(run);
    for (const [id, button] of this.items) button.setAttribute("aria-pressed", String(!this.board.hiddenRuns.has(id)));
  }

  add(run) {
    const dot = element("span", { class: `run-dot series-${run.slot} dash-${run.dash}` });
    const button = element("button", { type: "button", class: "legend-item", title: run.name }, dot, element("span", { class: "truncate" }, run.name));
    button.addEventListener("click", () => this.toggle(run.id));
    button.addEventListener("dblclick", () => this.isolate(run.id));
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => this.board.focus(run.id));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => this.board.focus(""));
    this.items.set(run.id, button);
    this.place.append(element("li", {}, button));
  }

  toggle(id) {
    const hidden = new Set(this.board.hiddenRuns);
    if (hidden.has(id)) hidden.delete(id);
    else hidden.add(id);
    this.board.hide(hidden);
  }

  isolate(id) {
    const others = this.board.runs.filter((run) => run.id !== id).map((run) => run.id);
    const isAlone = others.every((other) => this.board.hiddenRuns.has(other));
    this.board.hide(isAlone ? [] : others);
  }
}
