// <chart-card>: a picture of the runs' values: scatter, bars, boxes, contour or parallel coordinates.

import { element, iconButton } from "../run/dom.js";
import { shown } from "../run/numbers.js";
import { plotly } from "../run/plotly.js";
import { chartMenu, fileItems, item } from "./chart-menu.js";
import { figureOf, noteOf, sentenceOf, titleOf } from "./card-figures.js";
import { ParallelAxes } from "./parallel-axes.js";
import { hearPoints, markPoints } from "./shared-hover.js";

class ChartCard extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    const title = titleOf(this.card);
    this.plot = element("div", { class: "chart-plot", role: this.card.kind === "parallel" ? "group" : "img", tabindex: "0", "aria-label": title });
    this.tabler = iconButton("table-2", "View as table", () => this.toggleTable(), { "aria-pressed": "false" });
    this.note = element("span", { class: "chart-note" });
    this.body = element("div", { class: "chart-body" }, this.plot);
    this.replaceChildren(
      element("header", { class: "chart-head" }, element("h4", { title }, element("span", { class: "chart-name" }, title)), this.note, element("div", { class: "chart-tools-own" }, this.tabler, chartMenu(this, menuOf))),
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
    if (this.parallel) this.parallel.highlight(run);
    else if (this.owners) markPoints(this.plot, ".point", ({ i }) => this.owners[i], run);
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
    const { data, layout, owners } = figureOf(this.card, rows, this.board.tokens);
    await Plotly.react(this.plot, data, { ...layout, width: this.width, height: this.height }, { displayModeBar: false, displaylogo: false });
    if (!this.owners) hearPoints(this.plot, ({ pointNumber }) => this.owners[pointNumber], this.board);
    this.owners = owners;
    if (this.board.focused) this.highlight(this.board.focused);
  }

  // --- as a file ---
  get fileTitle() {
    return titleOf(this.card);
  }

  async ready() {
    if (!this.columns) await this.refresh();
  }

  async picture() {
    if (!this.columns || !this.plot || this.rows().length === 0) return null;
    const { elementPicture, plotlyPicture } = await import("./pictures.js");
    if (this.parallel) return elementPicture(this.plot.querySelector("svg"), this.board.tokens);
    return plotlyPicture(await plotly(this.board.dataset.plotly), this.plot, this.width, this.height);
  }

  sheet() {
    if (!this.columns) return null;
    return { head: ["run_id", "run", ...this.fields], rows: this.rows().map(({ id, name, values }) => [id, name, ...values]) };
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

function menuOf(card) {
  return [...fileItems(card), item("x", "Remove", () => card.board.removeCard(card.key))];
}

customElements.define("chart-card", ChartCard);
