// The tools over a wall of charts: what is searched, the axes, smoothing, grouping, looks, and adding charts.

import { makePopover } from "../floating.js";
import { element } from "../run/dom.js";
import { addChart } from "./add-chart.js";

const FIELDS = ["group", "colour", "dash", "facet"];
const DRAWN = ["method", "logx", "logy", "zero", "outliers"]; // what changes the drawing alone

export class WallTools {
  constructor(form, board) {
    Object.assign(this, { form, board });
    this.fill();
    form.addEventListener("input", (event) => this.changed(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
    makePopover(form.querySelector("[data-look]"), form.querySelector(".chart-look"), "end");
    form.querySelector("[data-add]")?.addEventListener("click", () => addChart(board));
    for (const button of form.querySelectorAll("[data-export]")) button.addEventListener("click", () => this.export(button));
  }

  async export(button) {
    button.disabled = true;
    await this.board.exportAll(button.dataset.export);
    button.disabled = false;
  }

  get elements() {
    return this.form.elements;
  }

  fill() {
    const { state } = this.board;
    for (const name of ["q", "smooth", "method", "x", "logy", "group", "centre", "spread", "colour", "dash", "facet", "palette", "by", "columns", "height"]) this.put(name, state[name]);
    this.put("amount", state.smooth);
    for (const name of ["logx", "zero", "outliers"]) if (this.elements[name]) this.elements[name].checked = state[name];
    this.name();
  }

  // A value that is not among the choices yet becomes one: the catalogue may come later.
  put(name, value) {
    const control = this.elements[name];
    if (!control) return;
    if (control.tagName === "SELECT" && value !== "" && ![...control.options].some((option) => option.value === String(value))) {
      control.append(element("option", { value }, String(value).replace(/^metric:/, "")));
    }
    control.value = value;
  }

  // The names of parameters, tags and metrics there are.
  offer({ names, epoch, keys }) {
    const choices = [...names.params.map((key) => `params.${key}`), ...names.tags.map((key) => `tags.${key}`), "attributes.experiment", "attributes.state", "attributes.user"];
    for (const name of FIELDS) this.options(name, [["", NONE[name]], ...choices.map((text) => [text, text.replace(/^(params|tags|attributes)\./, "")])]);
    this.options("x", [["step", "Step"], ...(epoch ? [[`metric:${epoch}`, "Epoch"]] : []), ["relative", "Relative time"], ["wall", "Wall time"], ...keys.filter((key) => key !== epoch && !key.startsWith("system/")).slice(0, 200).map((key) => [`metric:${key}`, key])]);
    this.options("by", [["", "Their order"], ...keys.slice(0, 200).map((key) => [`metrics.${key}:best`, key])]);
    this.fill();
  }

  options(name, choices) {
    const control = this.elements[name];
    const mark = JSON.stringify(choices);
    if (!control || control.dataset.mark === mark) return;
    control.dataset.mark = mark;
    control.replaceChildren(...choices.map(([value, text]) => element("option", { value }, text)));
  }

  changed(control) {
    const { board } = this;
    const { name, value, checked, type } = control;
    if (!name) return;
    if (name === "smooth" || name === "amount") this.setSmoothing(Number(value), control);
    else board.state[name] = type === "checkbox" ? checked : ["columns", "height"].includes(name) ? Number(value) : value;
    if (name === "x") this.dropZooms();
    board.stateChanged();
    this.name();
    this.act(name);
  }

  act(name) {
    const { board } = this;
    if (name === "q") board.arrange();
    else if (name === "columns" || name === "height") board.shape();
    else if (["group", "centre", "spread", "x"].includes(name)) board.refetch();
    else if (["colour", "dash", "facet", "palette", "by"].includes(name)) board.load().then(() => board.redraw());
    else if (DRAWN.includes(name) || name === "smooth" || name === "amount") this.later(() => board.redraw());
  }

  // A slider is moved faster than many charts are drawn.
  later(work) {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(work);
  }

  dropZooms() {
    this.board.state.zooms.clear();
    this.board.eachChart((chart) => (chart.zoom = null));
  }

  setSmoothing(value, control) {
    const amount = Math.min(Math.max(Number.isFinite(value) ? value : 0, 0), 0.99);
    this.board.state.smooth = amount;
    const { smooth, amount: number } = this.elements;
    (control === smooth ? number : smooth).value = amount;
  }

  // A choice is off while it can't act: a logarithm of the time of day says nothing.
  name() {
    const { state } = this.board;
    const { logx, method, centre, spread, by } = this.elements;
    logx.disabled = state.x === "wall";
    method.disabled = state.smooth === 0;
    for (const control of [centre, spread]) if (control) control.closest(".tool").hidden = !state.group;
    if (by) by.closest(".tool").hidden = state.palette !== "viridis";
  }

  clearSearch() {
    this.elements.q.value = "";
    this.changed(this.elements.q);
    this.elements.q.focus();
  }
}

const NONE = { group: "Each run", colour: "Run", dash: "Run", facet: "Not split" };
