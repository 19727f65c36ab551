// <search-bar>: a field in the search language with chips, autocomplete and the place of a mistake underlined.
// The text of the field is the whole truth: chips are drawn from it and change it. templates/ui/search_bar.html has the contract.
import { csrfToken } from "../csrf.js";
import { place } from "../floating.js";
import { drawChips, textWithout } from "./chip-row.js";
import { contextAt } from "./context.js";
import { offersFor } from "./offers.js";
import { OptionList } from "./option-list.js";

const PARSE_MS = 250;
const OFFER_MS = 120;

class SearchBar extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("input");
    this.mirror = this.querySelector("[data-mirror]");
    this.row = this.querySelector("[data-chips]");
    this.panel = this.querySelector("[data-panel]");
    this.note = this.querySelector("[data-note]");
    this.chips = JSON.parse(this.dataset.chips || "[]");
    this.committed = this.field.value;
    this.asked = 0;
    this.options = new OptionList(this.field, this.querySelector('[role="listbox"]'), (option) => this.take(option));
    this.listen();
    this.draw();
    if (this.dataset.error) this.showError(JSON.parse(this.dataset.error));
    else if (this.field.value && !this.chips.length) this.parse();
  }

  get value() {
    return this.field.value;
  }

  // Sets the text from outside, without an event.
  set value(text) {
    this.field.value = text;
    this.committed = text;
    this.parse();
  }

  listen() {
    this.field.addEventListener("input", () => this.onInput());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("scroll", () => this.follow());
    this.field.addEventListener("click", () => this.offerSoon());
    this.addEventListener("focusin", () => this.draw());
    this.addEventListener("focusout", () => setTimeout(() => this.onLeave()));
    this.field.form?.addEventListener("submit", (event) => this.onSubmit(event));
    this.note.addEventListener("mousedown", (event) => event.preventDefault());
    this.note.addEventListener("click", (event) => event.target.closest("button") && this.correct());
  }

  onInput() {
    this.draw();
    this.clearError();
    clearTimeout(this.parseTimer);
    this.parseTimer = setTimeout(() => this.parse({ isWritten: false }), PARSE_MS);
    this.offerSoon();
  }

  offerSoon() {
    clearTimeout(this.offerTimer);
    this.offerTimer = setTimeout(() => this.offer(), OFFER_MS);
  }

  onKey(event) {
    const isOpen = this.options.options.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.options.step(event.key === "ArrowDown" ? 1 : -1);
      else this.offer();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.options.active) {
      event.preventDefault();
      this.take(this.options.active);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.commit({ submits: true });
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.hideOptions();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.offer();
    }
  }

  onLeave() {
    if (this.contains(document.activeElement)) return;
    this.hideOptions();
    this.draw();
    if (this.field.value !== this.committed) this.commit({});
  }

  onSubmit(event) {
    if (this.error) {
      event.preventDefault();
      this.field.focus();
    }
  }

  // Puts what was chosen in the place of what was being typed.
  take(option) {
    const { start, end } = this.context;
    const text = this.field.value;
    const space = option.text.endsWith("(") || text[end] === " " ? "" : " ";
    this.field.setRangeText(option.text + space, start, end, "end");
    if (text[end] === " ") this.field.setSelectionRange(this.field.selectionEnd + 1, this.field.selectionEnd + 1);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  async offer() {
    if (document.activeElement !== this.field || !this.dataset.fieldsUrl) return;
    this.context = contextAt(this.field.value, this.field.selectionStart ?? this.field.value.length);
    const asked = (this.asked += 1);
    const options = await offersFor(this.context, (query) => this.ask(query));
    if (asked !== this.asked || document.activeElement !== this.field) return;
    const word = this.context.word;
    this.options.show(options.length === 1 && options[0].text === word ? [] : options);
    this.showPanel();
  }

  async ask(query) {
    const url = new URL(this.dataset.fieldsUrl, location.origin);
    if (this.dataset.experiment) url.searchParams.set("experiment", this.dataset.experiment);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      return response.ok ? (await response.json()).results : [];
    } catch {
      return []; // without the server the text can still be typed
    }
  }

  // Reads the text on the server: chips when it is right, the place of the mistake when it is not. While it is being
  // written its end is not wrong yet.
  async parse({ isWritten = true } = {}) {
    const text = this.field.value;
    const answer = text.trim() && this.dataset.parseUrl ? await this.read(text) : { chips: [], error: null };
    if (!answer || text !== this.field.value) return this.error ?? null;
    this.chips = answer.chips.map((chip) => ({ ...chip, start: units(text, chip.start), end: units(text, chip.end) }));
    const isUnfinished = !isWritten && units(text, answer.error?.position ?? 0) >= text.trimEnd().length;
    if (answer.error && !isUnfinished) this.showError(answer.error);
    else this.clearError();
    this.draw();
    return answer.error;
  }

  async read(text) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    try {
      const response = await fetch(this.dataset.parseUrl, { method: "POST", headers, body: JSON.stringify({ text }) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  // The text is meant as it is: tells the page, or shows what is wrong.
  async commit({ submits = false }) {
    clearTimeout(this.parseTimer);
    this.hideOptions();
    if (await this.parse()) return;
    const isNew = this.field.value !== this.committed;
    this.committed = this.field.value;
    const event = new CustomEvent("search-change", { bubbles: true, cancelable: true, detail: { text: this.committed, chips: this.chips } });
    const goesOn = !(isNew || submits) || this.dispatchEvent(event);
    if (submits && goesOn) this.field.form?.requestSubmit();
  }

  async remove(index) {
    this.field.value = textWithout(this.field.value, this.chips, index);
    await this.commit({ submits: true });
    (this.row.querySelector(".chip-remove") ?? this.field).focus({ preventScroll: true });
  }

  edit(index) {
    const { start, end } = this.chips[index];
    this.field.focus();
    this.field.setSelectionRange(start, end);
  }

  showError(error) {
    this.error = error;
    const text = this.field.value;
    const start = units(text, error.position);
    const end = Math.max(units(text, error.position + error.length), start + 1);
    const wrong = document.createElement("span");
    wrong.className = "search-wrong";
    wrong.textContent = text.slice(start, end) || " ";
    this.mirror.replaceChildren(text.slice(0, start), wrong, text.slice(end));
    this.field.setAttribute("aria-invalid", "true");
    this.note.replaceChildren(document.createTextNode(error.message));
    if (error.suggestion) this.note.append(this.correction(error.suggestion));
    this.note.hidden = false;
    this.follow();
    this.showPanel();
  }

  correction(suggestion) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = `Use ${suggestion}`;
    return button;
  }

  correct() {
    const text = this.field.value;
    const start = units(text, this.error.position);
    this.field.setRangeText(this.error.suggestion, start, units(text, this.error.position + this.error.length), "end");
    this.field.focus();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  clearError() {
    this.error = null;
    this.mirror.replaceChildren();
    this.field.removeAttribute("aria-invalid");
    this.note.hidden = true;
    this.showPanel();
  }

  hideOptions() {
    this.asked += 1;
    clearTimeout(this.offerTimer);
    this.options.show([]);
    this.showPanel();
  }

  showPanel() {
    const hasFocus = this.contains(document.activeElement);
    const isShown = hasFocus && (this.options.options.length > 0 || !this.note.hidden);
    this.field.setAttribute("aria-expanded", String(this.options.options.length > 0));
    if (this.panel.matches(":popover-open") !== isShown) this.panel.togglePopover(isShown);
    if (isShown) {
      this.panel.style.inlineSize = `${Math.min(560, Math.max(280, this.field.offsetWidth))}px`;
      place(this.panel, this.field);
    }
  }

  // Chips while the field is at rest and its text is right; the text while it is being written.
  draw() {
    const isResting = document.activeElement !== this.field && !this.error && this.chips.length > 0 && this.field.value !== "";
    this.classList.toggle("has-chips", isResting);
    this.row.hidden = !isResting;
    // Not again for the same: a button that is replaced while it is pressed hears no click.
    if (!isResting || this.drawn === this.chips) return;
    this.drawn = this.chips;
    drawChips(this.row, this.chips, { remove: (index) => this.remove(index), edit: (index) => this.edit(index) });
  }

  follow() {
    this.mirror.scrollLeft = this.field.scrollLeft;
  }
}

// The server counts characters, this text counts UTF-16 units.
function units(text, characters) {
  let at = 0;
  for (let count = 0; count < characters && at < text.length; count += 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

customElements.define("search-bar", SearchBar);
