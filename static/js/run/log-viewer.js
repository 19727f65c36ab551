// <log-viewer>: a log of any length. Only the lines in view are in the page; they follow the end while it is looked at.

import { element, throttled } from "./dom.js";
import { LogMarksBar } from "./log-marks-bar.js";
import { nodesOf } from "./log-colours.js";
import { readMarks, writeMarks } from "./log-marks.js";
import { LogSearch } from "./log-search.js";
import { LogStore } from "./log-store.js";
import { bytes } from "./numbers.js";

const ROW = 19;
const TALLEST = 12_000_000; // browsers stop at some 17 to 33 million pixels
const SPARE = 4;
const SPOKEN_PAUSE = 5000;

class LogViewer extends HTMLElement {
  connectedCallback() {
    this.store = new LogStore(this.dataset.lines);
    this.search = new LogSearch(this.dataset.search, (line) => this.searched(line));
    this.scroller = this.querySelector("[data-scroller]");
    this.window = this.querySelector("[data-window]");
    this.pane = this.querySelector("[data-pane]");
    this.spacer = this.querySelector("[data-spacer]");
    this.state = this.querySelector("[data-state]");
    this.message = this.querySelector("[data-message]");
    this.voice = this.querySelector("[data-voice]");
    this.tools = this.querySelector("form");
    this.marks = readMarks();
    this.bar = new LogMarksBar(this.querySelector("[data-marks]"), this);
    this.top = 0;
    this.isFollowing = this.marks === null;
    this.bind();
    this.open();
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.sizer?.disconnect();
  }

  bind() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const hinted = throttled(() => this.grow(), 200);
    for (const event of ["log", "status"]) document.body.addEventListener(`live:${this.dataset.topic.replace(":", "-")}:${event}`, hinted, { signal });
    window.addEventListener("hashchange", () => this.showMarks(readMarks()), { signal });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.window.addEventListener("keydown", (event) => this.pressed(event));
    this.pane.addEventListener("click", (event) => this.picked(event));
    this.sizer = new ResizeObserver(() => this.show());
    this.sizer.observe(this.scroller);
    const { q, follow, wrap, line } = this.tools.elements;
    this.tools.addEventListener("submit", (event) => this.asked(event));
    q.addEventListener("input", () => q.value === "" && this.endSearch());
    line.addEventListener("change", () => this.goToTyped(line));
    line.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault() === undefined && this.goToTyped(line));
    follow.addEventListener("click", () => this.follow(!this.isFollowing));
    wrap.addEventListener("change", () => this.wrap(wrap.checked));
    for (const button of this.tools.querySelectorAll("[data-step]")) button.addEventListener("click", () => this.search.step(Number(button.dataset.step)));
  }

  async open() {
    const query = new URLSearchParams(window.location.search);
    this.tools.elements.wrap.checked = query.get("wrap") === "1";
    this.classList.toggle("wrap-lines", this.tools.elements.wrap.checked);
    try {
      await this.store.grow();
    } catch (error) {
      this.say(error.message, true);
      return;
    }
    this.say("");
    if (this.marks) this.goTo(this.marks.first);
    else this.follow(true);
    this.tellFollowing();
    if (query.get("q")) {
      this.tools.elements.q.value = query.get("q");
      this.search.start(query.get("q"), this.marks?.first ?? 0, { jumps: !this.marks });
    }
  }

  async grow() {
    try {
      const added = await this.store.grow();
      this.say("");
      if (added === 0 && this.store.line(this.store.total - 1) === this.lastShown) this.tell();
      else this.show(added);
    } catch (error) {
      // The hints go on, and the next one asks for everything after the last line at hand.
      this.say(error.message, this.store.total === 0);
    }
  }

  // --- place ---
  get rows() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / ROW));
  }

  get height() {
    return this.store.total * ROW + ROW;
  }

  // How many pixels of log one pixel of the scroll bar stands for.
  get scale() {
    const drawn = Math.min(this.height, TALLEST) - this.scroller.clientHeight;
    const whole = this.height - this.scroller.clientHeight;
    return drawn > 0 && whole > 0 ? whole / drawn : 1;
  }

  scrolled() {
    if (Math.abs(this.scroller.scrollTop - this.placed) < 1.5) return;
    this.placed = this.scroller.scrollTop;
    this.top = (this.placed * this.scale) / ROW;
    this.leftEnd();
    this.draw();
  }

  // In a log too long for the scroll bar a turn of the wheel must still mean a few lines.
  wheeled(event) {
    if (this.scale <= 1 || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.moveTo(this.top + event.deltaY / ROW);
  }

  pressed(event) {
    const page = this.rows - 1;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const to = this.top + steps[event.key];
    this.moveTo(Number.isFinite(to) ? to : to < 0 ? 0 : this.store.total);
  }

  moveTo(line) {
    this.top = Math.min(Math.max(line, 0), Math.max(0, this.height / ROW - this.scroller.clientHeight / ROW));
    this.place();
    this.leftEnd();
    this.draw();
  }

  place() {
    this.scroller.scrollTop = (this.top * ROW) / this.scale;
    this.placed = this.scroller.scrollTop;
  }

  goTo(line) {
    this.isFollowing = false;
    this.show();
    this.moveTo(line - Math.floor(this.rows / 3));
    this.tellFollowing();
  }

  atEnd() {
    return this.top + this.scroller.clientHeight / ROW >= this.store.total - 0.5;
  }

  leftEnd() {
    const isFollowing = this.atEnd() && !this.store.isFinal;
    if (isFollowing === this.isFollowing) return;
    this.isFollowing = isFollowing;
    this.tellFollowing();
  }

  follow(isFollowing) {
    this.isFollowing = isFollowing;
    this.show();
    this.tellFollowing();
  }

  tellFollowing() {
    const { follow } = this.tools.elements;
    follow.setAttribute("aria-pressed", String(this.isFollowing));
    this.tell();
  }

  // --- drawing ---
  show(added = 0) {
    this.spacer.style.blockSize = `${Math.min(this.height, TALLEST)}px`;
    this.style.setProperty("--window", `${this.scroller.clientHeight}px`);
    if (this.isFollowing) this.top = Math.max(0, this.height / ROW - this.scroller.clientHeight / ROW);
    this.place();
    this.draw();
    this.tell();
    if (added > 0 && this.isFollowing) this.speak(added);
  }

  async draw() {
    const first = Math.max(0, Math.floor(this.top) - SPARE);
    const last = Math.min(this.store.total - 1, Math.ceil(this.top) + this.rows + SPARE);
    this.drawn = this.render(first, last);
    if (await this.store.need(first, last).catch((error) => this.say(error.message))) this.render(first, last);
  }

  render(first, last) {
    if (first < Math.floor(this.top) - SPARE - 1 || first > Math.floor(this.top)) return; // scrolled on meanwhile
    const rows = [];
    for (let line = first; line <= last; line += 1) rows.push(this.row(line));
    this.pane.replaceChildren(...rows);
    this.lastShown = this.store.line(this.store.total - 1);
    this.shift(first);
  }

  // Lines have one height unless they are wrapped: then the place is taken from the rows as they are.
  shift(first) {
    const above = Math.floor(this.top) - first;
    let offset = 0;
    for (let index = 0; index < above; index += 1) offset += this.pane.children[index]?.offsetHeight ?? ROW;
    const row = this.pane.children[above]?.offsetHeight ?? ROW;
    offset += (this.top - Math.floor(this.top)) * row;
    const over = this.pane.scrollHeight - this.scroller.clientHeight;
    if (this.isFollowing && this.classList.contains("wrap-lines") && over > 0) offset = over;
    this.pane.style.transform = `translateY(${-offset}px)`;
  }

  row(line) {
    const text = this.store.line(line);
    const isMarked = this.marks && line >= this.marks.first && line <= this.marks.last;
    const isHit = this.search.at >= 0 && this.search.lines[this.search.at] === line;
    const number = element("span", { class: "line-number", "data-line": line, title: "Mark this line; with Shift as far as here" }, (line + 1).toLocaleString("en"));
    const code = element("code", {});
    if (text === undefined) code.append(element("span", { class: "log-wait" }));
    else code.append(...nodesOf(text, this.search.text));
    return element("div", { class: `code-line${isMarked ? " is-marked" : ""}${isHit ? " is-hit" : ""}` }, number, code);
  }

  tell() {
    const { total, size, isFinal } = this.store;
    const lines = `${total.toLocaleString("en")} ${total === 1 ? "line" : "lines"}`;
    const words = isFinal ? "complete" : this.isFollowing ? "following" : "growing";
    this.state.textContent = `${lines}, ${bytes(size)}, ${words}`;
    this.querySelector("[data-empty]").hidden = total > 0;
    this.scroller.hidden = total === 0;
    this.tools.elements.follow.hidden = isFinal && this.dataset.final === "1";
  }

  speak(added) {
    this.unspoken = (this.unspoken ?? 0) + added;
    if (this.speaking) return;
    this.speaking = setTimeout(() => {
      this.voice.textContent = `${this.unspoken} new lines`;
      this.unspoken = 0;
      this.speaking = null;
    }, SPOKEN_PAUSE);
  }

  say(text, isFatal = false) {
    this.message.hidden = !text;
    if (!text) return;
    const retry = element("button", { type: "button", class: "btn btn-sm", onclick: () => (isFatal ? this.open() : this.grow()) }, "Retry");
    this.message.replaceChildren(element("p", {}, text), retry);
  }

  // --- search ---
  asked(event) {
    event.preventDefault();
    const text = this.tools.elements.q.value;
    if (text === this.search.text) this.search.step(event.submitter?.dataset.step === "-1" ? -1 : 1);
    else this.search.start(text, Math.floor(this.top));
    this.keep("q", text);
  }

  endSearch() {
    this.search.start("");
    this.keep("q", "");
  }

  searched(line) {
    this.querySelector("[data-hits]").textContent = this.search.words;
    for (const button of this.tools.querySelectorAll("[data-step]")) button.disabled = this.search.lines.length === 0;
    if (line === null) this.draw();
    else this.goTo(line);
  }

  wrap(isWrapped) {
    this.classList.toggle("wrap-lines", isWrapped);
    this.keep("wrap", isWrapped ? "1" : "");
    this.show();
  }

  keep(name, value) {
    const address = new URL(window.location.href);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    window.history.replaceState(window.history.state, "", address);
  }

  // --- marks ---
  picked(event) {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    const line = Number(link.dataset.line);
    const from = event.shiftKey && this.marks ? this.marks.first : line;
    this.setMarks({ first: Math.min(from, line), last: Math.max(from, line) });
  }

  // `120` or `120-130`: the way to a line and to its link without a mouse.
  goToTyped(field) {
    const found = /^\s*(\d+)\s*(?:-\s*(\d+))?\s*$/.exec(field.value.replaceAll(",", ""));
    if (!found) return;
    const ends = [Number(found[1]), Number(found[2] ?? found[1])].sort((a, b) => a - b);
    const [first, last] = ends.map((one) => Math.min(Math.max(one, 1), this.store.total) - 1);
    this.setMarks({ first, last });
    this.goTo(first);
  }

  setMarks(marks) {
    this.marks = marks;
    writeMarks(marks);
    this.bar.show(marks);
    this.draw();
  }

  showMarks(marks) {
    this.marks = marks;
    this.bar.show(marks);
    if (marks) this.goTo(marks.first);
    else this.draw();
  }
}

customElements.define("log-viewer", LogViewer);
