// <media-wall>: sections of what scripts logged step by step, under the charts of the metrics. A section has one step.

import { element } from "../run/dom.js";
import { getJSON } from "../run/fetching.js";
import "./media-card.js";

const SECTIONS = [["image", "Images"], ["table", "Tables"], ["histogram", "Histograms"], ["confusion", "Confusion matrices"], ["curve", "Precision-recall and ROC"]];
const STEPPED = new Set(["image", "table", "confusion", "curve"]);

class MediaWall extends HTMLElement {
  steps = new Map();
  cards = [];
  runs = [];

  // Brings the sections in line with the runs of the wall.
  async show(board) {
    this.board = board;
    const mark = board.runs.map(({ id }) => id).join(",");
    if (this.mark === mark) return;
    this.mark = mark;
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

  redraw() {
    for (const card of this.cards) card.show();
  }

  arrange() {
    this.cards = [];
    const sections = SECTIONS.map(([kind, title]) => this.section(kind, title, this.found.filter((card) => card.kind === kind)));
    const cut = this.isCut ? element("p", { class: "text-muted" }, "Images, tables and figures are those of the first 50 runs.") : null;
    this.replaceChildren(...sections.filter(Boolean), ...(cut && this.cards.length ? [cut] : []));
    if (this.cards.length) this.board.querySelector("[data-empty]").hidden = true;
  }

  section(kind, title, found) {
    if (!found.length) return null;
    const cards = found.map((card) => Object.assign(document.createElement("media-card"), { card, wall: this }));
    this.cards.push(...cards);
    const steps = [...new Set(found.flatMap(({ files }) => files.map(([, step]) => step)))].sort((a, b) => a - b);
    this.steps.set(kind, steps.at(-1));
    const head = element("summary", { class: "chart-section-head" }, element("h3", {}, title), element("span", { class: "badge" }, String(found.length)));
    const slider = STEPPED.has(kind) && steps.length > 1 ? this.slider(kind, title, steps, cards) : null;
    return element("details", { class: "chart-section", open: true }, head, slider, element("div", { class: "chart-grid" }, ...cards));
  }

  slider(kind, title, steps, cards) {
    const output = element("output", { class: "num" }, String(steps.at(-1)));
    const range = element("input", { type: "range", min: 0, max: steps.length - 1, value: steps.length - 1, "aria-label": `Step of ${title}`, "aria-valuetext": `step ${steps.at(-1)}` });
    range.addEventListener("input", () => {
      const step = steps[Number(range.value)];
      this.steps.set(kind, step);
      output.textContent = String(step);
      range.setAttribute("aria-valuetext", `step ${step}`);
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => cards.forEach((card) => card.show()));
    });
    return element("label", { class: "tool media-step" }, "Step", range, output);
  }

  stepOf(kind) {
    return this.steps.get(kind);
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
