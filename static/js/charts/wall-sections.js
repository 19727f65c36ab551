// Arranges charts in sections named by what stands before the first `/` of their keys: pinned ones on top, the system's last.

import { element, iconButton } from "../run/dom.js";

const LAST = "system";
const PLAIN = "metrics";
export const PINNED = "Pinned";
export const ADDED = "Added";
const AT_ONCE = 48; // charts of a section that are made before somebody asks for more
const OPEN_FIRST = 24; // charts in the sections that are open from the start
const NEAR_PAGE = 24; // charts that fetch at once; those below wait until they come near

export function sectionOf(key) {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : PLAIN;
}

const byName = (a, b) => a.localeCompare(b, "en", { numeric: true });

// Name → sorted keys. `order` is the one people have dragged the sections into.
export function sectionsOf(keys, { pinned, order, added }) {
  const sections = new Map();
  const put = (name, key) => (sections.has(name) ? sections.get(name).push(key) : sections.set(name, [key]));
  for (const key of added) put(ADDED, key);
  for (const key of [...keys].sort(byName)) put(pinned.has(key) ? PINNED : sectionOf(key), key);
  const rank = (name) => {
    if (name === PINNED) return -2;
    if (name === ADDED) return -1;
    const at = order.indexOf(name);
    return at >= 0 ? at : order.length + (name === LAST ? 1 : 0);
  };
  return [...sections].sort(([a], [b]) => rank(a) - rank(b) || byName(a, b));
}

export class WallSections {
  constructor(place, board) {
    Object.assign(this, { place, board });
    this.parts = new Map();
    this.charts = new Map();
    this.more = new Map();
  }

  // Brings the page in line with the keys there are: charts that stay are not touched. Answers whether any is shown.
  show(keys, added, matches) {
    const { state } = this.board;
    const sections = sectionsOf(keys.filter(matches), { ...state, added: added.filter((card) => matches(card)) });
    let made = 0;
    const wanted = new Set();
    let before = null;
    for (const [name, own] of sections) {
      const part = this.parts.get(name) ?? this.make(name);
      const isOpen = this.isOpen(name, made);
      if (part.details.open !== isOpen) part.details.open = isOpen;
      part.count.textContent = String(own.length);
      this.put(part.details, before);
      before = part.details;
      part.keys = own;
      if (!isOpen) continue;
      made = this.fill(part, made);
      for (const chart of part.grid.children) wanted.add(chart);
    }
    for (const [name, { details }] of this.parts) details.hidden = !sections.some(([one]) => one === name);
    for (const [id, chart] of this.charts) if (!wanted.has(chart) && !chart.closest("details:not([open])")) this.remove(id, chart);
    return sections.length > 0;
  }

  isOpen(name, made) {
    const { closed, opened, q } = this.board.state;
    if (closed.has(name)) return false;
    return opened.has(name) || Boolean(q) || made < OPEN_FIRST;
  }

  put(node, before) {
    const next = before ? before.nextElementSibling : this.place.firstElementChild;
    if (next !== node) this.place.insertBefore(node, next);
  }

  fill(part, made) {
    const limit = this.more.get(part.name) ?? AT_ONCE;
    const wanted = part.keys.slice(0, limit).flatMap((key) => this.board.facetsOf(key).map((facet) => ({ key, facet })));
    wanted.forEach(({ key, facet }, index) => {
      const id = facet ? `${key}\n${facet.name}` : key;
      const chart = this.charts.get(id) ?? this.board.makeChart(key, facet);
      chart.facet = facet;
      chart.isEager ||= made + index < NEAR_PAGE;
      this.charts.set(id, chart);
      if (part.grid.children[index] !== chart) part.grid.insertBefore(chart, part.grid.children[index] ?? null);
    });
    [...part.grid.children].slice(wanted.length).forEach((chart) => this.drop(chart));
    part.rest.hidden = part.keys.length <= limit;
    part.rest.textContent = `Show ${Math.min(AT_ONCE, part.keys.length - limit)} more of ${part.keys.length - limit}`;
    return made + wanted.length;
  }

  drop(chart) {
    for (const [id, one] of this.charts) if (one === chart) this.remove(id, chart);
  }

  remove(id, chart) {
    this.charts.delete(id);
    chart.remove();
  }

  make(name) {
    const count = element("span", { class: "badge" });
    const grid = element("div", { class: "chart-grid" });
    const rest = element("button", { type: "button", class: "btn btn-sm chart-rest", hidden: true, onclick: () => this.showMore(name) });
    const isFixed = name === PINNED || name === ADDED;
    const title = element("summary", { class: "chart-section-head" }, element("h3", {}, name), count);
    const tools = element("div", { class: "chart-section-tools" }, this.axisSelect(name), ...(isFixed ? [] : [this.mover(name)]));
    const details = element("details", { class: "chart-section" }, title, grid, rest);
    const shell = element("div", { class: "chart-section-shell" }, details, tools);
    details.addEventListener("toggle", () => this.toggled(name, details.open));
    const part = { name, details: shell, inner: details, grid, count, rest, keys: [] };
    Object.defineProperty(shell, "open", { get: () => details.open, set: (value) => (details.open = value) });
    this.parts.set(name, part);
    return part;
  }

  showMore(name) {
    this.more.set(name, (this.more.get(name) ?? AT_ONCE) + AT_ONCE);
    this.board.arrange();
  }

  toggled(name, isOpen) {
    const { closed, opened } = this.board.state;
    if (isOpen === this.isOpen(name, 0) && !closed.has(name) && !isOpen) return;
    if (isOpen) closed.delete(name);
    else closed.add(name);
    if (isOpen && !this.parts.get(name).grid.children.length) opened.add(name);
    if (!isOpen) opened.delete(name);
    this.board.stateChanged();
    if (isOpen) this.board.arrange();
  }

  axisSelect(name) {
    const select = element("select", { class: "form-select form-select-sm", "aria-label": `X axis of ${name}`, title: "X axis of this section" });
    select.append(element("option", { value: "" }, "Page's axis"), element("option", { value: "step" }, "Step"), element("option", { value: "relative" }, "Relative time"), element("option", { value: "wall" }, "Wall time"));
    select.value = this.board.state.sections.get(name) ?? "";
    select.addEventListener("change", () => this.board.setSectionAxis(name, select.value));
    return select;
  }

  // A grip to drag a section by; the arrow keys on it do the same.
  mover(name) {
    const grip = iconButton("grip-vertical", `Move ${name}`, null, { class: "btn btn-ghost btn-icon btn-sm chart-grip", draggable: "true", title: "Drag, or press the up and down arrows" });
    grip.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", name);
      this.dragged = name;
    });
    grip.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const names = this.movable();
      const at = names.indexOf(name);
      if (names[at + by]) this.move(name, names[at + by], by > 0);
      grip.focus();
    });
    this.place.addEventListener("dragover", (event) => this.dragged && event.preventDefault());
    grip.addEventListener("dragend", () => (this.dragged = null));
    if (!this.isListening) this.listen();
    return grip;
  }

  listen() {
    this.isListening = true;
    this.place.addEventListener("drop", (event) => {
      const shell = event.target.closest(".chart-section-shell");
      const over = [...this.parts.values()].find(({ details }) => details === shell);
      if (!this.dragged || !over || over.name === this.dragged) return;
      event.preventDefault();
      const names = this.movable();
      this.move(this.dragged, over.name, names.indexOf(this.dragged) < names.indexOf(over.name));
      this.dragged = null;
    });
  }

  movable() {
    return [...this.place.children].filter((shell) => !shell.hidden).map((shell) => [...this.parts.values()].find(({ details }) => details === shell)?.name).filter((name) => name && name !== PINNED && name !== ADDED);
  }

  move(name, other, isAfter) {
    const names = this.movable().filter((one) => one !== name);
    names.splice(names.indexOf(other) + (isAfter ? 1 : 0), 0, name);
    this.board.state.order = names;
    this.board.stateChanged();
    this.board.arrange();
  }
}
