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
    this.fill(board.runs.map((run) => ({ id: run.id, name: run.name, look: board.lookOf(run.id), isHidden: board.isHidden(run.id) })));
  }

  showGroups(groups, looks) {
    this.fill(groups.map((group, at) => ({ id: `group:${group.name}`, name: `${group.name} (${group.runs.length})`, look: looks[at], isHidden: false, isPlain: true })));
  }

  fill(items) {
    const shown = this.isWhole ? items : items.slice(0, MOST);
    const mark = JSON.stringify(shown.map(({ id, name, look, isHidden }) => [id, name, look?.colour, look?.dash, isHidden]));
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

  item({ id, name, look, isHidden, isPlain }) {
    const dot = element("span", { class: `chart-dot dash-${(look?.dash ?? 0) % 3}` });
    dot.style.setProperty("--dot", look?.colour ?? "currentColor");
    if (isPlain) return element("li", { class: "legend-item" }, dot, element("span", { class: "truncate" }, name));
    const button = element("button", { type: "button", class: "legend-item", title: name, "data-run": id, "aria-pressed": String(!isHidden) }, dot, element("span", { class: "truncate" }, name));
    button.addEventListener("click", () => this.toggle(id));
    button.addEventListener("dblclick", () => this.isolate(id));
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => this.board.focus(id));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => this.board.focus(""));
    return element("li", {}, button);
  }

  toggle(id) {
    const hidden = new Set(this.board.runs.map((run) => run.id).filter((one) => this.board.isHidden(one)));
    if (!hidden.delete(id)) hidden.add(id);
    this.board.hide(hidden);
  }

  isolate(id) {
    const others = this.board.runs.filter((run) => run.id !== id).map((run) => run.id);
    const isAlone = others.every((other) => this.board.isHidden(other));
    this.board.hide(isAlone ? [] : others);
  }
}
