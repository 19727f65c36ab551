// What is loaded as the rows move. Cells are for rows that somebody stays with; who passes by sees the outline of the rows.
import { NAME } from "./columns.js";
import { Outline } from "./outline.js";
import { ask } from "./server.js";

const NEAR = 20; // rows above and below what is seen that are worth having
const STILL = 100; // ms without a move after which cells are asked for
const OUTLINED = [NAME, "attribute:state", "attribute:started"];

export const scrolling = {
  bindScrolling() {
    this.outline = new Outline((start, end) => this.loadOutline(start, end), (start, end) => this.showOutlined(start, end));
    this.seen = { first: 0, at: 0 };
    for (const name of ["pointerenter", "focusin"]) this.root.addEventListener(name, () => this.followRows(), { once: true });
  },

  moved() {
    const { first, last } = this.rowsOnScreen();
    const now = performance.now();
    const isFar = Math.abs(first - this.seen.first) > 0.7 * (last - first);
    this.isPassing = isFar && now - this.seen.at < STILL;
    this.seen = { first, at: now };
    this.followRows();
    clearTimeout(this.resting);
    if (this.isPassing) this.resting = setTimeout(() => this.rest(), STILL);
    else this.blocks.next();
  },

  rest() {
    this.isPassing = false;
    this.blocks.next();
  },

  rowsOnScreen() {
    const { top, bottom } = this.api.getVerticalPixelRange();
    return { first: Math.floor(top / this.rowHeight()), last: Math.ceil(bottom / this.rowHeight()) };
  },

  isOnScreen(from, to) {
    if (!this.api) return true;
    if (this.isPassing) return false;
    const { first, last } = this.rowsOnScreen();
    const isNear = from <= last + NEAR && to >= first - NEAR;
    return isNear || (from <= this.api.getLastDisplayedRowIndex() && to > this.api.getFirstDisplayedRowIndex());
  },

  followRows() {
    const { first, last } = this.rowsOnScreen();
    this.outline.follow(first, last, this.count);
  },

  async loadOutline(start, end) {
    const asked = this.window;
    const answer = await ask(this.urls.outline, { method: "POST", body: { query: this.query, window: asked, start, end } });
    if (answer.window !== asked && asked === this.window) {
      // The studio had forgotten the window: in the one it made instead, rows may stand elsewhere.
      this.took(answer);
      this.outline.forget();
      this.followRows();
    }
    return answer.results;
  },

  showOutlined(start, end) {
    const rowNodes = this.api.getRenderedNodes().filter((node) => !node.data && !node.rowPinned && node.rowIndex >= start && node.rowIndex < end);
    if (rowNodes.length) this.api.refreshCells({ rowNodes, columns: OUTLINED, force: true });
  },
};
