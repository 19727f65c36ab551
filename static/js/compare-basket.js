// The compare button of the top bar: how many runs are picked, and a link that carries their ids.
// Anything with data-compare-add="ID ID", data-compare-toggle="ID" or data-compare-clear changes the basket.
import { basket } from "./basket.js";

class CompareBasket extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.count = this.querySelector(".topbar-count");
    document.addEventListener("basketchange", () => this.render());
    window.addEventListener("storage", () => this.render());
    document.addEventListener("click", (event) => this.onClick(event));
    document.body.addEventListener("htmx:afterSettle", () => this.mark());
    this.render();
  }

  onClick(event) {
    const source = event.target.closest("[data-compare-add], [data-compare-toggle], [data-compare-clear]");
    if (!source) return;
    const { compareAdd, compareToggle, compareClear } = source.dataset;
    if (compareAdd !== undefined) basket.add(compareAdd.split(/[\s,]+/).filter(Boolean));
    if (compareToggle) (basket.has(compareToggle) ? basket.remove([compareToggle]) : basket.add([compareToggle]));
    if (compareClear !== undefined) basket.set([]);
  }

  render() {
    const ids = basket.ids();
    this.count.textContent = ids.length || "";
    const url = new URL(this.dataset.url, location.origin);
    if (ids.length) url.searchParams.set("ids", ids.join(","));
    this.link.href = url.pathname + decodeURIComponent(url.search);
    this.mark();
  }

  mark() {
    for (const button of document.querySelectorAll("[data-compare-toggle]")) {
      button.setAttribute("aria-pressed", String(basket.has(button.dataset.compareToggle)));
    }
  }
}

customElements.define("compare-basket", CompareBasket);
