// <traffic-editor> around the form of an endpoint's traffic: a slider and a number for each deployment that always sum to 100.
// Moving one takes from, or gives to, the others in proportion. Without this script the numbers alone are there.

import { share } from "./sharing.js";

class TrafficEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.said = this.querySelector("[data-said]");
    this.save = this.querySelector("[data-save]");
    this.undo = this.querySelector("[data-reset]");
    this.bar = this.closest(".card").querySelector(".traffic-bar");
    this.rows = [...this.querySelectorAll("[data-name]")].map((row) => ({
      name: row.dataset.name,
      slide: row.querySelector("[data-slide]"),
      number: row.querySelector("[type=number]"),
      steps: [...row.querySelectorAll("[data-shift]")],
    }));
    for (const row of this.rows) this.bind(row);
    this.form.addEventListener("reset", () => setTimeout(() => this.restore()));
    this.form.addEventListener("input", () => this.tell());
    this.before = this.values();
    this.mirrorBefore = this.mirror();
    this.show(this.before);
  }

  bind(row) {
    row.slide.hidden = false;
    row.slide.tabIndex = 0;
    row.slide.addEventListener("input", () => this.move(row, Number(row.slide.value)));
    row.number.addEventListener("change", () => this.move(row, Number(row.number.value)));
    for (const button of row.steps) {
      button.hidden = this.rows.length < 2;
      button.addEventListener("click", () => this.move(row, Number(row.number.value) + Number(button.dataset.shift)));
    }
  }

  // What live pages held back comes now: calm-refresh.js hears of anything that closes.
  restore() {
    this.show(this.before);
    this.dispatchEvent(new Event("close"));
  }

  values() {
    return this.rows.map(({ number }) => Math.max(0, Math.min(100, Math.round(Number(number.value) || 0))));
  }

  mirror() {
    const { mirror, mirror_percent: percent } = this.form.elements;
    return mirror?.value ? `${mirror.value} ${percent.value}` : "";
  }

  move(row, to) {
    this.show(share(this.values(), this.rows.indexOf(row), to));
  }

  show(values) {
    values.forEach((value, at) => {
      const { slide, number, steps } = this.rows[at];
      slide.value = number.value = String(value);
      for (const button of steps) button.disabled = value === 100;
    });
    this.draw(values);
    this.tell();
  }

  draw(values) {
    let start = 0;
    values.forEach((value, at) => {
      const piece = [...(this.bar?.children ?? [])].find((one) => one.dataset.share === this.rows[at].name);
      piece?.setAttribute("x", start);
      piece?.setAttribute("width", value);
      start += value;
    });
  }

  tell() {
    const values = this.values();
    const sum = values.reduce((whole, value) => whole + value, 0);
    const isChanged = String(values) !== String(this.before) || this.mirror() !== this.mirrorBefore;
    const isWrong = sum !== 100 && sum !== 0;
    this.said.classList.toggle("is-wrong", isWrong);
    this.said.textContent = isWrong ? `The shares sum to ${sum}, not to 100.` : sum === 0 ? "No deployment gets requests." : isChanged ? "Not saved yet." : "";
    // Who answers for real can't be asked in secret as well.
    const answering = new Set(this.rows.filter((_, at) => values[at] > 0).map(({ name }) => name));
    for (const option of this.form.elements.mirror?.options ?? []) option.disabled = answering.has(option.value);
    if (answering.has(this.form.elements.mirror?.value)) this.form.elements.mirror.value = "";
    this.save.disabled = !isChanged || isWrong;
    this.undo.hidden = !isChanged;
    this.form.classList.toggle("is-changed", isChanged);
  }
}

customElements.define("traffic-editor", TrafficEditor);
