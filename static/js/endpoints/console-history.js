// The last requests to an endpoint, kept in this browser alone: never a key, never an answer.
import { element } from "../run/dom.js";

const MOST = 20;
const LONGEST = 20_000; // characters of a body that are worth keeping

export class History {
  constructor(page, key) {
    this.page = page;
    this.key = key;
    this.place = page.find("[data-history]");
    this.clearer = page.find("[data-clear]");
    this.clearer.addEventListener("click", () => this.keep([]));
    this.draw();
  }

  get entries() {
    try {
      const found = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  add({ at, to, body, shown, status, ms, deployment }) {
    const kept = body.length <= LONGEST ? body : "";
    this.keep([{ at, to, body: kept, shown: shown.slice(0, 160), status, ms, deployment }, ...this.entries].slice(0, MOST));
  }

  keep(entries) {
    try {
      localStorage.setItem(this.key, JSON.stringify(entries));
    } catch {
      // A full or forbidden store: the list is a comfort, not a record.
    }
    this.draw();
  }

  draw() {
    const { entries } = this;
    this.clearer.hidden = entries.length === 0;
    if (!entries.length) {
      this.place.replaceChildren(element("p", { class: "muted" }, "Nothing yet."));
      return;
    }
    this.place.replaceChildren(element("ul", { class: "history-list", role: "list" }, ...entries.map((entry) => this.line(entry))));
  }

  line(entry) {
    const isGood = entry.status >= 200 && entry.status < 300;
    const when = element("relative-time", { datetime: new Date(entry.at).toISOString() }, new Date(entry.at).toLocaleTimeString());
    const facts = [
      element("span", { class: isGood ? "console-good num" : "console-bad num" }, String(entry.status)),
      element("span", { class: "muted num" }, `${Math.round(entry.ms)} ms`),
      element("span", { class: "truncate mono history-body" }, entry.shown),
      element("span", { class: "muted nowrap" }, when),
    ];
    if (!entry.body) return element("li", { class: "history-line" }, ...facts);
    return element("li", {}, element("button", { class: "history-line", type: "button", title: "Bring this request back", onclick: () => this.page.restore(entry) }, ...facts));
  }
}
