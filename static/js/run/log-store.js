// The lines of a log as they are needed: pages of lines, the least used of which are let go. A log of a gigabyte stays flat.

import { getJSON } from "./fetching.js";

export const PAGE = 200;
const MOST_PAGES = 60;

export class LogStore {
  constructor(address) {
    this.address = address;
    this.pages = new Map();
    this.asked = new Map();
    this.total = 0;
    this.size = 0;
    this.isFinal = false;
  }

  // A line's text, or undefined while it has not come.
  line(number) {
    return this.pages.get(Math.floor(number / PAGE))?.[number % PAGE];
  }

  // Brings the pages that cover these lines; answers whether anything new came.
  async need(first, last) {
    const wanted = [];
    for (let page = Math.floor(Math.max(first, 0) / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      if (page * PAGE < this.total && !this.isWhole(page)) wanted.push(this.load(page));
    }
    await Promise.all(wanted);
    return wanted.length > 0;
  }

  isWhole(page) {
    const lines = this.pages.get(page);
    if (!lines) return false;
    this.pages.delete(page);
    this.pages.set(page, lines); // the most recently used come last
    return lines.length >= Math.min(PAGE, this.total - page * PAGE);
  }

  load(page) {
    if (!this.asked.has(page)) this.asked.set(page, this.fetch(page).finally(() => this.asked.delete(page)));
    return this.asked.get(page);
  }

  // An answer may hold fewer lines than were asked for, when they are long: the next asks for the rest.
  async fetch(page) {
    const at = this.pages.get(page)?.length ?? 0;
    this.take(await getJSON(`${this.address}?line=${page * PAGE + at}&count=${PAGE - at}`));
  }

  // The log has grown: the last line may have been unfinished, so it is asked for again with what follows.
  async grow() {
    const answer = await getJSON(`${this.address}?line=${Math.max(0, this.total - 1)}&count=${PAGE}`);
    const before = this.total;
    this.take(answer);
    return this.total - before;
  }

  take({ line, lines, total, size, is_final: isFinal }) {
    lines.forEach((text, index) => this.put(line + index, text));
    this.total = Math.max(this.total, total);
    this.size = Math.max(this.size, size);
    this.isFinal ||= isFinal;
    while (this.pages.size > MOST_PAGES) this.pages.delete(this.pages.keys().next().value);
  }

  // Only lines that follow those at hand are kept: a page never has a hole.
  put(number, text) {
    const page = Math.floor(number / PAGE);
    if (!this.pages.has(page)) {
      if (number % PAGE !== 0) return;
      this.pages.set(page, []);
    }
    const lines = this.pages.get(page);
    if (number % PAGE <= lines.length) lines[number % PAGE] = text;
  }
}
