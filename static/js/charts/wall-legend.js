// The runs (or groups) of a wall. A click hides one, a double click leaves only it, pointing at one dims the others.

import { element } from "../run/dom.js";

const MOST = 60;

export class WallLegend {
  constructor(place, board) {
    Object.assign(this, { place, board });
    this.isWhole = false;
  }

  show() {
    const { board } = this;
    if (board.state.group) return; // groups come with the first lines
    this.fill(board.runs.map((run) => ({ id: run.id, runs: [run.id], name: run.name, look: board.lookOf(run.id), isHidden: board.isHidden(run.id) })));
  }

  // An item stands for all runs of its group.
  showGroups(groups, looks) {
    this.fill(groups.map(({ name, runs }, at) => ({ id: `group:${name}`, runs, name: `${name} (${runs.length})`, look: looks[at], isHidden: looks[at].isHidden })));
  }

  fill(items) {
    const shown = this.isWhole ? items : items.slice(0, MOST);
    const mark = JSON.stringify(shown.map(({ id, runs, name, look, isHidden }) => [id, runs, name, look?.colour, look?.dash, isHidden]));
    if (mark === this.mark) return;
    this.mark = mark;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset.run : "";
    const rest = items.length - shown.length;
    const more = rest > 0 ? [element("li", {}, element("button", { type: "button", class: "legend-item", onclick: () => this.showAll() }, `+${rest}`))] : [];
    this.place.replaceChildren(...shown.map((item) => this.item(item)), ...more);
    if (focused) this.place.querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
    this.place.hidden = items.length < 2;
  }

  showAll() {
    this.isWhole = true;
    this.show();
  }

  item({ id, runs, name, look, isHidden }) {
    const dot = element("span", { class: `chart-dot dash-${(look?.dash ?? 0) % 3}` });
    dot.style.setProperty("--dot", look?.colour ?? "currentColor");
    const button = element("button", { type: "button", class: "legend-item", title: name, "data-run": id, "aria-pressed": String(!isHidden) }, dot, element("span", { class: "truncate" }, name));
    button.addEventListener("click", () => this.toggle(runs));
    button.addEventListener("dblclick", () => this.isolate(runs));
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => this.board.focus(runs[0] ?? ""));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => this.board.focus(""));
    return element("li", {}, button);
  }

  toggle(ids) {
    const hidden = new Set(this.board.hiddenIds());
    const isShown = ids.some((id) => !hidden.has(id));
    for (const id of ids) hidden[isShown ? "add" : "delete"](id);
    this.board.hide(hidden);
  }

  isolate(ids) {
    const others = this.board.runs.map(({ id }) => id).filter((id) => !ids.includes(id));
    const isAlone = others.every((other) => this.board.isHidden(other));
    this.board.hide(isAlone ? [] : others);
  }
}
