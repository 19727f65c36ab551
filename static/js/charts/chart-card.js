// <chart-card>: a picture of the runs' values: scatter, bars, boxes, contour or parallel coordinates.

import { element, iconButton } from "../run/dom.js";
import { shown } from "../run/numbers.js";
import { plotly } from "../run/plotly.js";
import { figureOf, noteOf, sentenceOf, titleOf } from "./card-figures.js";
import { ParallelAxes } from "./parallel-axes.js";

class ChartCard extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    const title = titleOf(this.card);
    this.plot = element("div", { class: "chart-plot", role: this.card.kind === "parallel" ? "group" : "img", tabindex: "0", "aria-label": title });
    this.tabler = iconButton("table-2", "View as table", () => this.toggleTable(), { "aria-pressed": "false" });
    this.note = element("span", { class: "chart-note" });
    this.body = element("div", { class: "chart-body" }, this.plot);
    this.replaceChildren(
      element("header", { class: "chart-head" }, element("h4", { title }, element("span", { class: "chart-name" }, title)), this.note, element("div", { class: "chart-tools-own" }, this.tabler, this.saver(), iconButton("x", "Remove", () => this.board.removeCard(this.key)))),
      this.body,
    );
    this.sizer = new ResizeObserver((entries) => this.resized(entries.at(-1).contentRect));
    this.sizer.observe(this.plot);
    this.refresh();
  }

  disconnectedCallback() {
    if (this.isConnected) return;
    this.sizer?.disconnect();
    if (window.Plotly && this.plot) window.Plotly.purge(this.plot);
    this.plot = null;
  }

  saver() {
    if (this.card.kind === "parallel") return null;
    return iconButton("download", "Save as SVG", () => window.Plotly?.downloadImage(this.plot, { format: "svg", filename: titleOf(this.card) }));
  }

  get fields() {
    const { kind, x, y, z, fields } = this.card;
    return kind === "parallel" ? fields : [x, y, z].filter(Boolean);
  }

  invalidate() {
    this.refresh();
  }

  redraw() {
    if (this.columns) this.draw();
  }

  highlight(run) {
    this.parallel?.highlight(run);
  }

  resized({ width, height }) {
    const isNew = Math.round(width) !== this.width || Math.round(height) !== this.height;
    [this.width, this.height] = [Math.round(width), Math.round(height)];
    if (isNew && this.columns && width) this.draw();
  }

  async refresh() {
    try {
      const { runs, values } = await this.board.feed.values(this.fields);
      this.ids = runs;
      this.columns = values;
      if (this.plot && this.width) await this.draw();
    } catch (error) {
      const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => this.refresh() }, "Retry");
      this.body.replaceChildren(element("div", { class: "chart-error", role: "alert" }, element("p", {}, error.message), retry));
    }
  }

  // The runs that have every value, with how they look.
  rows() {
    const { board, fields } = this;
    return this.ids
      .map((id, at) => ({ id, ...board.lookOf(id), values: fields.map((field) => this.columns[field][at]) }))
      .filter((row) => row.colour && (this.card.kind === "parallel" || (!row.isHidden && row.values.every((value) => value !== null))));
  }

  async draw() {
    const rows = this.rows();
    this.note.textContent = this.card.kind === "parallel" ? "" : noteOf(this.card, rows, this.ids.length);
    this.plot.setAttribute("aria-label", sentenceOf(this.card, rows));
    if (!this.body.contains(this.plot)) this.body.replaceChildren(this.plot);
    if (this.table) this.showTable();
    if (this.card.kind === "parallel") {
      this.parallel ??= new ParallelAxes(this.plot, this.board);
      this.parallel.show(rows, this.fields, this.width, this.height);
      return;
    }
    const Plotly = await plotly(this.board.dataset.plotly);
    if (!this.plot) return;
    const { data, layout } = figureOf(this.card, rows, this.board.tokens);
    await Plotly.react(this.plot, data, { ...layout, width: this.width, height: this.height }, { displayModeBar: false, displaylogo: false });
  }

  toggleTable() {
    if (this.table) {
      this.table.remove();
      this.table = null;
    } else {
      this.showTable();
    }
    this.plot.hidden = Boolean(this.table);
    this.tabler.setAttribute("aria-pressed", String(Boolean(this.table)));
  }

  showTable() {
    const head = element("tr", {}, element("th", { scope: "col" }, "Run"), ...this.fields.map((field) => element("th", { scope: "col", class: "num" }, field)));
    const body = this.rows().map(({ name, values }) =>
      element("tr", {}, element("th", { scope: "row" }, name), ...values.map((value) => element("td", { class: "num", title: value ?? "" }, typeof value === "string" ? value : shown(value, 6)))),
    );
    const title = titleOf(this.card);
    const table = element("div", { class: "table-wrap chart-table", tabindex: "0", role: "region", "aria-label": `${title} as a table` }, element("table", { class: "table" }, element("thead", {}, head), element("tbody", {}, ...body)));
    if (this.table) this.table.replaceWith(table);
    else this.body.append(table);
    this.table = table;
  }
}

customElements.define("chart-card", ChartCard);
