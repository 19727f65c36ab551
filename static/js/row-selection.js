// <row-selection> around a table whose rows have <td class="cell-select"><input type="checkbox" name="ids" value="…">.
// Shift takes a range, the header's box takes all, the bulk bar counts. The boxes belong to a form: submitting sends ids.
// What is selected survives htmx swaps of the rows, also when the element itself is swapped.

const kept = new Map();

class RowSelection extends HTMLElement {
  connectedCallback() {
    const key = this.dataset.key ?? location.pathname;
    this.picked = kept.get(key) ?? new Set();
    kept.set(key, this.picked);
    this.last = null;
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("change", (event) => this.onChange(event));
    this.onSettle = () => this.restore();
    this.onClear = (event) => event.target.closest("[data-clear-selection]") && this.clear();
    document.body.addEventListener("htmx:afterSettle", this.onSettle);
    document.addEventListener("click", this.onClear);
    // The browser may have kept the boxes over a reload.
    for (const box of this.boxes()) if (box.checked) this.picked.add(box.value);
    this.restore();
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:afterSettle", this.onSettle);
    document.removeEventListener("click", this.onClear);
  }

  get bar() {
    return this.querySelector("[data-bulk-bar]") ?? document.querySelector("[data-bulk-bar]");
  }

  boxes() {
    return [...this.querySelectorAll("tbody .cell-select input[type=checkbox]")];
  }

  onClick(event) {
    const box = event.target.closest("tbody .cell-select input[type=checkbox]");
    if (!box) return;
    const boxes = this.boxes();
    if (event.shiftKey && this.last && boxes.includes(this.last)) {
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const other of boxes.slice(from, to + 1)) this.set(other, box.checked);
    }
    this.last = box;
  }

  onChange(event) {
    if (event.target.matches("thead input[type=checkbox]")) {
      for (const box of this.boxes()) this.set(box, event.target.checked);
    } else if (event.target.matches("tbody .cell-select input[type=checkbox]")) {
      this.set(event.target, event.target.checked);
    }
    this.show();
  }

  set(box, checked) {
    box.checked = checked;
    if (checked) this.picked.add(box.value);
    else this.picked.delete(box.value);
  }

  restore() {
    const present = new Set();
    for (const box of this.boxes()) {
      present.add(box.value);
      box.checked = this.picked.has(box.value);
    }
    // A row that went from the page can't be acted on: what is sent is what is seen.
    for (const value of this.picked) if (!present.has(value)) this.picked.delete(value);
    this.show();
  }

  clear() {
    for (const box of this.boxes()) box.checked = false;
    this.picked.clear();
    this.show();
  }

  show() {
    const boxes = this.boxes();
    const all = this.querySelector("thead .cell-select input[type=checkbox]");
    if (all) {
      all.checked = boxes.length > 0 && this.picked.size === boxes.length;
      all.indeterminate = this.picked.size > 0 && !all.checked;
    }
    for (const box of boxes) box.closest("tr").classList.toggle("is-selected", box.checked);
    const bar = this.bar;
    if (!bar) return;
    bar.hidden = this.picked.size === 0;
    bar.querySelector("[data-count]").textContent = this.picked.size;
    this.dispatchEvent(new CustomEvent("selectionchange", { bubbles: true, detail: { ids: [...this.picked] } }));
  }
}

customElements.define("row-selection", RowSelection);
