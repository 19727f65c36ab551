// The bar about marked lines: how many, copy their text, copy the link, clear.

import { plainText } from "./log-colours.js";

const MOST_COPIED = 5000;

export class LogMarksBar {
  constructor(place, viewer) {
    this.place = place;
    this.viewer = viewer;
    this.words = place.querySelector("[data-words]");
    place.querySelector("[data-copy-lines]").addEventListener("click", () => this.copyLines());
    place.querySelector("[data-copy-link]").addEventListener("click", () => this.copy(window.location.href, "The link was copied."));
    place.querySelector("[data-clear]").addEventListener("click", () => viewer.setMarks(null));
    this.show(viewer.marks);
  }

  show(marks) {
    this.place.hidden = !marks;
    if (!marks) return;
    const [first, last] = [marks.first + 1, marks.last + 1].map((line) => line.toLocaleString("en"));
    this.words.textContent = marks.first === marks.last ? `Line ${first}` : `Lines ${first} to ${last}`;
  }

  async copyLines() {
    const { store, marks } = this.viewer;
    const last = Math.min(marks.last, marks.first + MOST_COPIED - 1, store.total - 1);
    await store.need(marks.first, last);
    const lines = [];
    for (let line = marks.first; line <= last; line += 1) lines.push(plainText(store.line(line) ?? ""));
    this.copy(lines.join("\n"), `${lines.length.toLocaleString("en")} ${lines.length === 1 ? "line was" : "lines were"} copied.`);
  }

  async copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(said, "success");
    } catch {
      this.toast("The browser refused to copy. Select the text and copy it by hand.", "error");
    }
  }

  toast(text, level) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
  }
}
