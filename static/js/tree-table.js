// <tree-table> around a table whose rows have data-path: buttons [data-toggle] fold what lies below a path, the page's
// [data-tree-filter] keeps the rows that match and their folders. What is folded survives htmx swaps.

const folded = new Set();

class TreeTable extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.toggle(event.target.closest("[data-toggle]")));
    this.filter = document.querySelector("[data-tree-filter]");
    this.onInput = () => this.show();
    this.filter?.addEventListener("input", this.onInput);
    this.show();
  }

  disconnectedCallback() {
    this.filter?.removeEventListener("input", this.onInput);
  }

  toggle(button) {
    if (!button) return;
    const path = button.dataset.toggle;
    if (folded.has(path)) folded.delete(path);
    else folded.add(path);
    this.show();
  }

  show() {
    const wanted = (this.filter?.value ?? "").trim().toLowerCase();
    const rows = [...this.querySelectorAll("tbody tr[data-path]")];
    const hits = rows.map((row) => row.dataset.path).filter((path) => path.toLowerCase().includes(wanted));
    for (const row of rows) row.hidden = !this.isShown(row.dataset.path, wanted, hits);
    for (const button of this.querySelectorAll("[data-toggle]")) {
      const open = wanted !== "" || !folded.has(button.dataset.toggle);
      button.setAttribute("aria-expanded", String(open));
      button.setAttribute("aria-label", `${open ? "Fold" : "Unfold"} ${button.dataset.toggle}`);
    }
  }

  isShown(path, wanted, hits) {
    if (wanted !== "") return hits.some((hit) => hit === path || hit.startsWith(`${path}/`));
    return ![...folded].some((folder) => path.startsWith(`${folder}/`));
  }
}

customElements.define("tree-table", TreeTable);
