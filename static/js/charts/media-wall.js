// <media-wall>: sections of what scripts logged step by step, under the charts of the metrics. A section has one step.

import { element, throttled } from "../run/dom.js";
import { getJSON } from "../run/fetching.js";
import "./media-card.js";

const SECTIONS = [["image", "Images"], ["table", "Tables"], ["histogram", "Histograms"], ["confusion", "Confusion matrices"], ["curve", "Precision-recall and ROC"]];
const STEPPED = new Set(["image", "table", "confusion", "curve"]);
const PAUSE = 4000; // ms between two looks for new files

class MediaWall extends HTMLElement {
  cards = [];
  runs = [];
  known = new Map(); // kind/key → card
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
      this.replaceChildren(element("p", { class: "chart-error", role: "alert" }, error.message));
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

  // The sections as the files and what is set say; cards that stay are the same elements.
  arrange() {
    const before = this.known;
    this.known = new Map();
    const sections = SECTIONS.map(([kind, title]) => this.section(kind, title, (this.found ?? []).filter((card) => card.kind === kind), before));
    this.cards = [...this.known.values()];
    const cut = this.isCut && this.cards.length ? [element("p", { class: "text-muted" }, "Images, tables and figures are those of the first 50 runs.")] : [];
    this.replaceChildren(...sections.filter(Boolean), ...cut);
    for (const card of this.cards) card.sync();
    if (this.cards.length) this.board.querySelector("[data-empty]").hidden = true;
  }

  section(kind, title, found, before) {
    if (!found.length) return null;
    const cards = found.map((card) => {
      const name = `${kind}/${card.key}`;
      const own = before.get(name) ?? document.createElement("media-card");
      this.known.set(name, Object.assign(own, { card, wall: this, name }));
      return own;
    });
    const steps = [...new Set(found.flatMap(({ files }) => files.map(([, step]) => step)))].sort((a, b) => a - b);
    this.ends.set(kind, steps);
    const head = element("summary", { class: "chart-section-head" }, element("h3", {}, title), element("span", { class: "badge" }, String(found.length)));
    const slider = STEPPED.has(kind) && steps.length > 1 ? this.slider(kind, title, steps, cards) : null;
    const { closed } = this.board.state;
    const details = element("details", { class: "chart-section", open: !closed.has(`media/${kind}`) }, head, slider, element("div", { class: "chart-grid" }, ...cards));
    details.addEventListener("toggle", () => this.fold(`media/${kind}`, details.open));
    return details;
  }

  fold(name, isOpen) {
    const { closed } = this.board.state;
    if (isOpen === !closed.has(name)) return;
    if (isOpen) closed.delete(name);
    else closed.add(name);
    this.board.stateChanged();
  }

  slider(kind, title, steps, cards) {
    const at = steps.indexOf(this.stepOf(kind));
    const output = element("output", { class: "num" }, String(steps[at]));
    const range = element("input", { type: "range", min: 0, max: steps.length - 1, value: at, "aria-label": `Step of ${title}`, "aria-valuetext": `step ${steps[at]}` });
    range.addEventListener("input", () => {
      const place = Number(range.value);
      if (place === steps.length - 1) this.board.state.steps.delete(kind); // at the end it follows what comes
      else this.board.state.steps.set(kind, steps[place]);
      output.textContent = String(steps[place]);
      range.setAttribute("aria-valuetext", `step ${steps[place]}`);
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => cards.forEach((card) => card.show()));
    });
    range.addEventListener("change", () => this.board.stateChanged());
    return element("label", { class: "tool media-step" }, "Step", range, output);
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
