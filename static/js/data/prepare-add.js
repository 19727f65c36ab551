// The steps that can be added: a searchable list, grouped by kind.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";

// Told apart by what they ask the grid, not by their panel.
const FOUND_BY_SHOWING = new Set(["derive_by_example", "split_by_example", "filter_by_example"]);

export class Catalogue {
  constructor(dialog, page) {
    Object.assign(this, { dialog, page });
    this.search = dialog.querySelector("input");
    this.list = dialog.querySelector("[data-kinds]");
    this.search.addEventListener("input", () => this.show());
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
  }

  open() {
    this.search.value = "";
    this.show();
    this.dialog.showModal();
    this.search.focus();
  }

  show() {
    const words = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (kind) => words.every((word) => `${kind.label} ${kind.group} ${kind.help} ${kind.kind}`.toLowerCase().includes(word));
    const found = [...this.page.kinds.values()].filter(fits);
    const groups = Map.groupBy(found.toSorted((one, other) => FOUND_BY_SHOWING.has(other.kind) - FOUND_BY_SHOWING.has(one.kind)), (kind) => kind.group);
    this.list.replaceChildren(...[...groups].map(([group, kinds]) => this.group(group, kinds)));
    if (!found.length) this.list.append(element("p", { class: "muted", role: "status" }, "No step is called like that."));
  }

  group(name, kinds) {
    const items = kinds.map((kind) => element("li", {}, element("button", { type: "button", class: "kind", onclick: () => this.take(kind) }, icon(kind.icon), element("span", {}, element("strong", {}, kind.label), element("span", {}, kind.help)))));
    return element("section", { class: "kind-group" }, element("h3", {}, name), element("ul", {}, ...items));
  }

  take(kind) {
    this.dialog.close();
    this.page.addStep(kind.kind);
  }

  pressed(event) {
    const buttons = [...this.list.querySelectorAll(".kind")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Enter" && event.target === this.search) {
      event.preventDefault();
      buttons[0]?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      (at > 0 ? buttons[at - 1] : this.search).focus();
    }
  }
}
