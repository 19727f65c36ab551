// Searching a log: the server reads it in stretches, hits are gathered as they come, next and previous walk them.

import { getJSON } from "./fetching.js";

const MOST_HITS = 5000;

export class LogSearch {
  constructor(address, changed) {
    this.address = address;
    this.changed = changed;
    this.clear();
  }

  clear() {
    this.text = "";
    this.lines = [];
    this.at = -1;
    this.isSearching = false;
    this.error = "";
  }

  // Hits come in order of lines; the first at or below `from` becomes the current one.
  // With `jumps` off the view stays where it is: an address may name a line besides the search.
  async start(text, from, { jumps = true } = {}) {
    this.clear();
    this.jumps = jumps;
    this.text = text;
    if (!text) return this.changed(null);
    this.isSearching = true;
    this.changed(null);
    let place = { next_line: 0 };
    while (this.text === text && this.lines.length < MOST_HITS) {
      try {
        place = await getJSON(this.page(text, place));
      } catch (error) {
        this.error = error.message;
        break;
      }
      if (this.text !== text) return undefined;
      this.lines.push(...place.results.map(({ line }) => line));
      if (this.at < 0 && this.lines.length) this.settle(from);
      if (place.is_complete) break;
      this.changed(null);
    }
    if (this.text !== text) return undefined;
    this.isSearching = false;
    this.settle(from);
    return undefined;
  }

  page(text, { next_line: line }) {
    return `${this.address}?${new URLSearchParams({ q: text, line, limit: 1000 })}`;
  }

  settle(from) {
    if (this.at >= 0 || this.lines.length === 0) return this.changed(null);
    const found = this.lines.findIndex((line) => line >= from);
    this.at = found < 0 ? 0 : found;
    return this.changed(this.jumps ? this.lines[this.at] : null);
  }

  step(by) {
    if (this.lines.length === 0) return;
    this.at = (this.at + by + this.lines.length) % this.lines.length;
    this.changed(this.lines[this.at]);
  }

  get words() {
    if (!this.text) return "";
    if (this.error) return this.error;
    const more = this.isSearching || this.lines.length >= MOST_HITS ? "+" : "";
    if (this.lines.length === 0) return this.isSearching ? "Searching" : "No match";
    return `${(this.at + 1).toLocaleString("en")} of ${this.lines.length.toLocaleString("en")}${more}`;
  }
}
