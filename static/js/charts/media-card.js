// <media-card>: images, a table or a figure that scripts logged step by step, of one key.

import { element, iconButton } from "../run/dom.js";
import { shown } from "../run/numbers.js";
import { plotly } from "../run/plotly.js";
import { chartMenu, fileItems } from "./chart-menu.js";
import { distinctOf } from "./run-colours.js";
import { mediaFigure, mediaSheet } from "./media-figures.js";
import { markPoints } from "./shared-hover.js";
import { picked } from "./wall-state.js";

const MOST_READ = 60;
const OF_ONE_RUN = new Set(["table", "histogram", "confusion"]);

const cell = (value) => (typeof value === "number" ? shown(value, 6) : value === null ? "–" : String(value));

function tableOf({ head, rows }, label) {
  const lines = rows.map((row) => element("tr", {}, ...row.map((value) => element("td", { class: typeof value === "number" ? "num" : "" }, cell(value)))));
  return element("div", { class: "table-wrap chart-table", tabindex: "0", role: "region", "aria-label": label }, element("table", { class: "table" }, element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)))), element("tbody", {}, ...lines)));
}

class MediaCard extends HTMLElement {
  connectedCallback() {
    if (this.body) return;
    const { kind, key } = this.card;
    this.isTable = false;
    this.note = element("span", { class: "chart-note" });
    this.tools = element("div", { class: "media-tools" });
    this.body = element("div", { class: "chart-body" });
    this.tabler = iconButton("table-2", "View as table", () => this.toggle(), { "aria-pressed": "false" });
    this.append(element("header", { class: "chart-head" }, element("h4", { title: key }, element("span", { class: "chart-name" }, key)), this.note, element("div", { class: "chart-tools-own" }, kind === "table" ? null : this.tabler, chartMenu(this, menuOf))), this.tools, this.body);
    // Far below the window nothing is fetched.
    this.watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.seen(), { rootMargin: "300px" });
    this.watcher.observe(this);
    this.sizer = new ResizeObserver(() => this.isSeen && this.plot && this.draw());
    this.sizer.observe(this);
  }

  async disconnectedCallback() {
    await null; // it may have been moved, not removed
    if (this.isConnected) return;
    this.watcher?.disconnect();
    this.sizer?.disconnect();
    if (window.Plotly && this.plot) window.Plotly.purge(this.plot);
  }

  seen() {
    this.watcher.disconnect();
    this.isSeen = true;
    this.show();
  }

  // In line with its files and with what is set.
  sync() {
    this.offer();
    if (this.isSeen) this.show();
  }

  // What can be chosen: the run of a figure of one run, shares, and what a table is compared with.
  offer() {
    const { kind } = this.card;
    const own = distinctOf(this.card.files.map(([run]) => run)).map((at) => this.wall.runs[at]);
    const pick = this.board.state.picks.get(this.name) ?? {};
    const mark = JSON.stringify([own, pick]);
    if (mark === this.offered) return;
    this.offered = mark;
    this.firstRun = own[0];
    this.tools.replaceChildren();
    if (OF_ONE_RUN.has(kind) && own.length > 1) this.chosen = this.choice("Run", own, pick.run);
    if (kind === "table" && own.length > 1) this.other = this.choice("Differences from", own, pick.other, "None");
    if (kind !== "confusion") return;
    this.share = element("input", { type: "checkbox", checked: pick.share, onchange: () => this.keep() });
    this.tools.append(element("label", { class: "tool tool-check" }, this.share, "Share of the true class"));
  }

  choice(label, runs, value, first) {
    const choices = [...(first ? [["", first]] : []), ...runs.map((id) => [id, this.lookOf(id).name])];
    const select = element("select", { class: "form-select form-select-sm", "aria-label": label, onchange: () => this.keep() }, ...choices.map(([id, name]) => element("option", { value: id, selected: id === value }, name)));
    this.tools.append(element("label", { class: "tool" }, label, select));
    return select;
  }

  // What was chosen stays with the page, and in its address.
  keep() {
    const run = this.chosen?.value ?? "";
    const pick = picked({ run: run === this.firstRun ? "" : run, other: this.other?.value, share: this.share?.checked });
    const { picks } = this.board.state;
    if (pick) picks.set(this.name, pick);
    else picks.delete(this.name);
    this.offered = "";
    this.board.stateChanged();
    this.show();
  }

  lookOf(id) {
    return this.wall.board.lookOf(id) ?? { name: id, colour: "", isHidden: false };
  }

  toggle() {
    this.isTable = !this.isTable;
    this.tabler.setAttribute("aria-pressed", String(this.isTable));
    this.show();
  }

  get board() {
    return this.wall.board;
  }

  // Of each run the newest file up to the step of the section.
  latest() {
    const found = new Map();
    for (const [run, step, path] of this.card.files) if (step <= this.wall.stepOf(this.card.kind)) found.set(this.wall.runs[run], { run: this.wall.runs[run], step, path });
    return [...found.values()];
  }

  shownNow() {
    return this.latest().filter((one) => !this.lookOf(one.run).isHidden);
  }

  wanted() {
    const { kind } = this.card;
    const run = this.chosen?.value || this.firstRun;
    if (kind === "histogram") {
      const all = this.card.files.filter(([at]) => this.wall.runs[at] === run).map(([, step, path]) => ({ run, step, path }));
      const last = all.length - 1;
      return all.length <= MOST_READ ? all : Array.from({ length: MOST_READ }, (_, at) => all[Math.round((at * last) / (MOST_READ - 1))]);
    }
    const latest = this.latest();
    if (kind === "curve") return this.shownNow();
    const names = [run, this.other?.value].filter(Boolean);
    return names.map((name) => latest.find((one) => one.run === name)).filter(Boolean);
  }

  async show() {
    if (!this.isSeen) return;
    if (this.card.kind === "image") return this.showImages();
    const wanted = this.wanted();
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const answers = await this.wall.read(this.card.kind, wanted);
      if (turn !== this.turn) return;
      const parts = wanted.map((one, at) => ({ ...one, ...answers[at], ...this.lookOf(one.run) }));
      this.parts = parts.filter(({ data }) => data);
      this.problems = parts.filter(({ problem }) => problem);
      await this.draw();
    } catch (error) {
      const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.show() }, "Retry");
      this.body.replaceChildren(element("div", { class: "chart-error", role: "alert" }, element("p", {}, error.message), retry));
    }
  }

  showImages() {
    const { key, files } = this.card;
    const shownNow = this.shownNow();
    this.note.textContent = `${shownNow.length} runs`;
    if (this.isTable) {
      const rows = files.map(([at, step, path]) => [this.lookOf(this.wall.runs[at]).name, step, path]);
      this.body.replaceChildren(tableOf({ head: ["Run", "Step", "File"], rows }, `${key} as a table`));
      return;
    }
    if (!shownNow.length) return this.say("No run has an image up to this step.");
    const here = this.wall.stepOf("image");
    const figures = shownNow.map(({ run, step, path }) => {
      const { name, colour } = this.lookOf(run);
      const address = this.wall.rawOf(run, path);
      const dot = element("span", { class: "chart-dot" });
      dot.style.setProperty("--dot", colour);
      return element("figure", { class: "media-image", "data-run": run, onpointerenter: () => this.board.focus(run), onpointerleave: () => this.board.focus("") }, element("a", { href: address, target: "_blank", rel: "noopener" }, element("img", { src: address, alt: `${key} of ${name} at step ${step}`, loading: "lazy", decoding: "async" })), element("figcaption", {}, dot, element("span", { class: "tip-name", title: name }, name), step === here ? null : element("span", { class: "tip-note" }, `step ${step}`)));
    });
    this.body.replaceChildren(element("div", { class: "media-images", role: "group", "aria-label": `${key}, ${shownNow.length} images` }, ...figures));
  }

  // The run that is pointed at stands out, here as in all charts.
  highlight(run) {
    if (this.card.kind === "image") {
      const figures = [...this.body.querySelectorAll("[data-run]")];
      const isOurs = figures.some(({ dataset }) => dataset.run === run);
      for (const figure of figures) figure.classList.toggle("is-faded", isOurs && figure.dataset.run !== run);
    } else if (this.card.kind === "curve" && this.plot) {
      markPoints(this.plot, ".scatterlayer .trace", (data) => this.parts[data[0].trace.index]?.run, run);
    }
  }

  say(text) {
    this.body.replaceChildren(element("div", { class: "chart-error" }, element("p", {}, text)));
    this.plot = null;
  }

  async draw() {
    const { kind, key } = this.card;
    const [odd] = this.problems;
    if (!this.parts.length) return this.say(odd ? `${odd.problem} (${odd.path})` : "No run has logged this up to this step.");
    if (kind === "table") return this.showTable();
    const figure = mediaFigure(kind, this.parts, this.wall.board.tokens, { isShare: Boolean(this.share?.checked) });
    this.note.textContent = [figure.note, this.problems.length ? `${this.problems.length} not readable` : ""].filter(Boolean).join(" · ");
    if (this.isTable) {
      this.plot = null;
      this.body.replaceChildren(tableOf(figure.table, `${key} as a table`));
      return;
    }
    const Plotly = await plotly(this.wall.board.dataset.plotly);
    if (!this.plot?.isConnected) {
      this.plot = element("div", { class: "chart-plot", role: "img", tabindex: "0" });
      this.body.replaceChildren(this.plot);
    }
    this.plot.setAttribute("aria-label", `${key}, ${figure.sentence}`);
    this.legendOf(figure.legend);
    await Plotly.react(this.plot, figure.data, { ...figure.layout, width: this.plot.clientWidth, height: this.plot.clientHeight }, { displayModeBar: false, displaylogo: false });
  }

  // --- as a file ---
  get fileTitle() {
    return this.card.key;
  }

  async ready() {
    if (this.isSeen) return;
    this.watcher.disconnect();
    this.isSeen = true;
    await this.show();
  }

  async picture() {
    const { kind, key } = this.card;
    const { imagesPicture, plotlyPicture } = await import("./pictures.js");
    if (kind === "image") {
      const images = this.shownNow().map(({ run, step, path }) => ({ address: this.wall.rawOf(run, path), words: `${this.lookOf(run).name}, step ${step}` }));
      return images.length ? imagesPicture(images, this.board.tokens, this.clientWidth) : null;
    }
    if (kind === "table" || !this.parts?.length || !this.plot) return null;
    return plotlyPicture(await plotly(this.board.dataset.plotly), this.plot, this.plot.clientWidth, this.plot.clientHeight);
  }

  sheet() {
    const { kind, files } = this.card;
    if (kind === "image") return { head: ["run", "step", "file"], rows: files.map(([at, step, path]) => [this.lookOf(this.wall.runs[at]).name, step, path]) };
    if (!this.parts?.length) return null;
    if (kind !== "table") return mediaSheet(kind, this.parts);
    const [{ data }] = this.parts;
    return { head: data.columns, rows: data.rows };
  }

  legendOf(legend) {
    this.body.querySelector(".media-legend")?.remove();
    if (!legend) return;
    const items = legend.map(({ name, colour, text }) => {
      const dot = element("span", { class: "chart-dot" });
      dot.style.setProperty("--dot", colour);
      return element("li", {}, dot, element("span", { class: "tip-name" }, name), element("span", { class: "tip-note" }, text));
    });
    this.body.append(element("ul", { class: "media-legend", role: "list" }, ...items));
  }

  showTable() {
    const [{ data, step }, base] = this.parts;
    const isCompared = this.other?.value && base;
    let rows = data.rows.map((row, at) => ({ row, old: isCompared ? base.data.rows[at] : null }));
    const differs = ({ old }, column, value) => isCompared && old?.[base.data.columns.indexOf(data.columns[column])] !== value;
    if (this.order) {
      const { column, by } = this.order;
      rows = rows.toSorted((a, b) => by * (typeof a.row[column] === "number" && typeof b.row[column] === "number" ? a.row[column] - b.row[column] : String(a.row[column]).localeCompare(String(b.row[column]), "en", { numeric: true })));
    }
    const count = rows.reduce((sum, one) => sum + one.row.filter((value, column) => differs(one, column, value)).length, 0);
    this.note.textContent = [`step ${step}`, data.count > data.rows.length ? `${data.rows.length} of ${data.count.toLocaleString("en")} rows` : `${data.count} rows`, isCompared ? `${count} cells differ` : ""].filter(Boolean).join(" · ");
    const isNumber = (column) => rows.some(({ row }) => typeof row[column] === "number");
    const head = data.columns.map((name, column) => {
      const by = this.order?.column === column ? this.order.by : 0;
      const sort = element("button", { type: "button", class: "btn btn-ghost btn-sm", onclick: () => { this.order = { column, by: by === 1 ? -1 : 1 }; this.showTable(); } }, name);
      return element("th", { scope: "col", class: isNumber(column) ? "num" : "", "aria-sort": by ? (by > 0 ? "ascending" : "descending") : "none" }, sort);
    });
    const lines = rows.map((one) => element("tr", {}, ...one.row.map((value, column) => element("td", { class: `${typeof value === "number" ? "num" : ""} ${differs(one, column, value) ? "is-different" : ""}`.trim(), title: differs(one, column, value) ? "Differs" : cell(value) }, cell(value)))));
    this.body.replaceChildren(element("div", { class: "table-wrap chart-table", tabindex: "0", role: "region", "aria-label": `${this.card.key}, a table of ${data.count} rows` }, element("table", { class: "table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines))));
  }
}

function menuOf(card) {
  return card.card.kind === "table" ? fileItems(card, ["csv"]) : fileItems(card);
}

customElements.define("media-card", MediaCard);
