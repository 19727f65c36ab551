// What is shown around the rows: how many there are, what is new, that there are none, what went wrong.

export const around = {
  showCount() {
    const place = document.querySelector("[data-grid-count]");
    if (!place) return;
    const runs = `${this.runs.toLocaleString("en")} ${this.runs === 1 ? "run" : "runs"}`;
    const hidden = this.states.get("differences") ? [...this.alike].filter((spec) => this.columnSpecs().includes(spec)).length : 0;
    place.textContent = hidden ? `${runs} · ${hidden} ${hidden === 1 ? "column" : "columns"} alike` : runs;
  },

  setFresh(count) {
    const bar = document.querySelector("[data-grid-fresh]");
    if (!bar) return;
    bar.hidden = count === 0;
    bar.querySelector("button").textContent = `${count.toLocaleString("en")} new ${count === 1 ? "run" : "runs"}`;
  },

  showEmptiness() {
    const isEmpty = this.count === 0 && !this.problem;
    const isFiltered = Boolean(this.states.get("filter") || this.states.get("archived"));
    this.root.hidden = (isEmpty && !(this.states.get("pinned") ?? []).length) || Boolean(this.problem && !this.count);
    for (const [name, on] of [["empty", isEmpty && !isFiltered], ["filtered", isEmpty && isFiltered]]) {
      const place = document.querySelector(`[data-grid-${name}]`);
      if (place) place.hidden = !on;
    }
    const words = document.querySelector("[data-grid-filter-text]");
    if (words) words.textContent = this.states.get("filter") || "archived";
  },

  showProblem(error) {
    if (error.name === "AbortError") return;
    this.problem = error;
    const place = document.querySelector("[data-grid-problem]");
    place.hidden = false;
    place.querySelector("[data-text]").textContent = [error.message, error.hint].filter(Boolean).join(" ");
    this.send("grid-problem", { problem: error.problem ?? {} });
    this.showEmptiness();
  },

  hideProblem() {
    if (!this.problem) return;
    this.problem = null;
    document.querySelector("[data-grid-problem]").hidden = true;
  },
};
