// <media-wall>: sections of what scripts logged step by step, under the charts of the metrics. A section has one step.

import { element, throttled } from "../run/dom.js";
import { getJSON } from "../run/fetching.js";
import "./media-card.js";

const SECTIONS = [["image", "Images"], ["table", "Tables"], ["histogram", "Histograms"], ["confusion", "Confusion matrices"], ["curve", "Precision-recall and ROC"]];
const STEPPED = new Set(["image", "table", "confusion", "curve"]);
const PAUSE = 4000; // ms between two looks for new files

// Moves only what is not in its place yet: an element that is moved loses the focus.
function putInOrder(place, wanted) {
  wanted.forEach((node, at) => place.children[at] !== node && place.insertBefore(node, place.children[at] ?? null));
}

class MediaWall extends HTMLElement {
  cards = [];
  runs = [];
  known = new Map(); // kind/key → card
  sections = new Map(); // kind → its parts
  ends = new Map(); // kind → its steps
  heard = new Set();

  // Brings the sections in line with the runs of the wall.
  async show(board) {
    this.board = board;
    this.watch();
    const mark = board.runs.map(({ id }) => id).join(",");
    if (this.mark === mark) return;
    this.mark = mark;
    await this.look();
  }

  async look() {
    const { mark } = this;
    const address = new URL(this.dataset.index, window.location.href);
    address.searchParams.set("ids", mark.split(",").slice(0, 51).join(","));
    try {
      const { runs, cards, is_cut: isCut } = mark ? await getJSON(address) : { runs: [], cards: [] };
      if (this.mark !== mark) return;
      Object.assign(this, { runs, found: cards, isCut });
      this.arrange();
    } catch (error) {
      this.mark = null;
      this.append(element("p", { class: "chart-error", role: "alert" }, error.message));
    }
  }

  // Runs that go on bring new files.
  watch() {
    const { board } = this;
    this.again ??= throttled(() => this.isConnected && this.look(), PAUSE);
    for (const { id, live } of board.runs) {
      if (!live || this.heard.has(id)) continue;
      this.heard.add(id);
      for (const event of ["artifacts", "status"]) document.body.addEventListener(`live:run-${id}:${event}`, () => this.again(), { signal: board.leaving.signal });
    }
  }

  redraw() {
    for (const card of this.cards) card.show();
  }

  highlight(run) {
    for (const card of this.cards) card.highlight(run);
  }

  // The sections as the files and what is set say. What stays is not touched: somebody may be moving a slider.
  arrange() {
    const cards = (this.found ?? []).map((card) => this.cardOf(card));
    for (const [name, card] of this.known) if (!cards.includes(card)) this.forget(name, card);
    this.cards = cards;
    for (const [kind, title] of SECTIONS) {
      const own = cards.filter(({ card }) => card.kind === kind);
      if (own.length) this.fill(this.sections.get(kind) ?? this.section(kind, title), own);
      else this.sections.get(kind)?.details.remove();
      if (!own.length) this.sections.delete(kind);
    }
    putInOrder(this, SECTIONS.map(([kind]) => this.sections.get(kind)?.details).filter(Boolean));
    this.querySelector(":scope > p")?.remove();
    if (this.isCut && cards.length) this.append(element("p", { class: "text-muted" }, "Images, tables and figures are those of the first 50 runs."));
    for (const card of cards) card.sync();
    if (cards.length) this.board.querySelector("[data-empty]").hidden = true;
  }

  cardOf(card) {
    const name = `${card.kind}/${card.key}`;
    if (!this.known.has(name)) this.known.set(name, document.createElement("media-card"));
    return Object.assign(this.known.get(name), { card, wall: this, name });
  }

  forget(name, card) {
    this.known.delete(name);
    card.remove();
  }

  section(kind, title) {
    const count = element("span", { class: "badge" });
    const grid = element("div", { class: "chart-grid" });
    const slider = STEPPED.has(kind) ? this.slider(kind, title) : null;
    const details = element("details", { class: "chart-section" }, element("summary", { class: "chart-section-head" }, element("h3", {}, title), count), slider?.label, grid);
    details.addEventListener("toggle", () => this.fold(`media/${kind}`, details.open));
    const section = { kind, details, count, grid, slider };
    this.sections.set(kind, section);
    return section;
  }

  fill({ kind, details, count, grid, slider }, cards) {
    const steps = [...new Set(cards.flatMap(({ card }) => card.files.map(([, step]) => step)))].sort((a, b) => a - b);
    this.ends.set(kind, steps);
    count.textContent = String(cards.length);
    details.open = !this.board.state.closed.has(`media/${kind}`);
    putInOrder(grid, cards);
    if (!slider) return;
    slider.label.hidden = steps.length < 2;
    slider.range.max = steps.length - 1;
    slider.range.value = steps.indexOf(this.stepOf(kind));
    slider.tell();
  }

  fold(name, isOpen) {
    const { closed } = this.board.state;
    if (isOpen === !closed.has(name)) return;
    if (isOpen) closed.delete(name);
    else closed.add(name);
    this.board.stateChanged();
  }

  slider(kind, title) {
    const output = element("output", { class: "num" });
    const range = element("input", { type: "range", min: 0, "aria-label": `Step of ${title}` });
    const tell = () => {
      const step = this.ends.get(kind)[Number(range.value)];
      output.textContent = String(step);
      range.setAttribute("aria-valuetext", `step ${step}`);
    };
    range.addEventListener("input", () => {
      this.choose(kind, Number(range.value));
      tell();
    });
    range.addEventListener("change", () => this.board.stateChanged());
    return { label: element("label", { class: "tool media-step" }, "Step", range, output), range, tell };
  }

  choose(kind, place) {
    const steps = this.ends.get(kind);
    if (place === steps.length - 1) this.board.state.steps.delete(kind); // at the end it follows what comes
    else this.board.state.steps.set(kind, steps[place]);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.cards.forEach((card) => card.card.kind === kind && card.show()));
  }

  // The step a section shows: the last one unless another was chosen, and then the nearest before it.
  stepOf(kind) {
    const steps = this.ends.get(kind) ?? [];
    const chosen = this.board.state.steps.get(kind);
    return chosen === undefined ? steps.at(-1) : (steps.findLast((step) => step <= chosen) ?? steps[0]);
  }

  rawOf(id, path) {
    const run = this.board.byId.get(id);
    return `${run.url.replace(/\/?$/, "/")}artifacts/raw/?${new URLSearchParams({ path, inline: "1" })}`;
  }

  // The checked contents of files, in their order.
  async read(kind, files) {
    const address = new URL(this.dataset.content, window.location.href);
    address.searchParams.set("kind", kind);
    for (const { run, path } of files) address.searchParams.append("file", `${run}/${path}`);
    return files.length ? (await getJSON(address)).files : [];
  }
}

customElements.define("media-wall", MediaWall);
