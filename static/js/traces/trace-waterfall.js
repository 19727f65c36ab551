// <trace-waterfall> around a treegrid of rows in tree order: folds what lies below a row, moves by arrow keys, and keeps
// what is folded and chosen when the rows are fetched again. Choosing a row follows its link, which htmx answers.

const folded = new Set();

class TraceWaterfall extends HTMLElement {
  connectedCallback() {
    this.rows = [...this.querySelectorAll('[role="row"][aria-level]')];
    if (this.rows.length && !this.rows.some((row) => row.tabIndex === 0)) this.rows[0].tabIndex = 0;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.show();
  }

  click(event) {
    const row = event.target.closest('[role="row"][aria-level]');
    if (!row) return;
    if (event.target.closest("button.waterfall-twist")) {
      this.fold(row, row.getAttribute("aria-expanded") === "true");
      this.focusOn(row);
      return;
    }
    this.choose(row);
    if (!event.target.closest("a")) row.querySelector("a").click();
  }

  key(event) {
    const row = event.target.closest('[role="row"][aria-level]');
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.actions(row)[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  actions(row) {
    const shown = this.rows.filter((each) => !each.hidden);
    const at = shown.indexOf(row);
    const open = row.getAttribute("aria-expanded");
    return {
      ArrowDown: () => this.focusOn(shown[at + 1]),
      ArrowUp: () => this.focusOn(shown[at - 1]),
      Home: () => this.focusOn(shown[0]),
      End: () => this.focusOn(shown.at(-1)),
      ArrowRight: () => (open === "false" ? this.fold(row, false) : this.focusOn(open === "true" ? shown[at + 1] : null)),
      ArrowLeft: () => (open === "true" ? this.fold(row, true) : this.focusOn(this.parentOf(row))),
      Enter: () => row.querySelector("a").click(),
      " ": () => row.querySelector("a").click(),
    };
  }

  focusOn(row) {
    if (!row) return;
    for (const each of this.rows) each.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  }

  choose(row) {
    for (const each of this.rows) each.setAttribute("aria-selected", String(each === row));
    this.focusOn(row);
  }

  parentOf(row) {
    const depth = Number(row.dataset.depth);
    return this.rows.slice(0, this.rows.indexOf(row)).findLast((each) => Number(each.dataset.depth) < depth);
  }

  fold(row, isFolded) {
    const link = row.querySelector("a").getAttribute("href");
    if (isFolded) folded.add(link);
    else folded.delete(link);
    this.show();
  }

  show() {
    let hiddenBelow = Infinity;
    for (const row of this.rows) {
      const depth = Number(row.dataset.depth);
      if (depth <= hiddenBelow) hiddenBelow = Infinity;
      row.hidden = depth > hiddenBelow;
      if (!row.hasAttribute("aria-expanded")) continue;
      const isFolded = folded.has(row.querySelector("a").getAttribute("href"));
      row.setAttribute("aria-expanded", String(!isFolded));
      const name = row.querySelector("a").textContent;
      row.querySelector(".waterfall-twist").setAttribute("aria-label", `${isFolded ? "Unfold" : "Fold"} ${name}`);
      if (isFolded && !row.hidden) hiddenBelow = depth;
    }
  }
}

customElements.define("trace-waterfall", TraceWaterfall);
