// A button with a menu: <app-menu data-align="end"><button>…</button><div class="menu" hidden>items</div></app-menu>.
// Arrow keys, Home, End and first letters move; Escape closes and returns the focus. Items are links and buttons.
import { makePopover } from "./floating.js";

class AppMenu extends HTMLElement {
  connectedCallback() {
    if (this.menu) return;
    this.button = this.querySelector("button");
    this.menu = this.querySelector(".menu");
    if (!this.button || !this.menu) return;
    this.button.setAttribute("aria-haspopup", "menu");
    this.menu.setAttribute("role", "menu");
    makePopover(this.button, this.menu, this.dataset.align);
    for (const item of this.menu.querySelectorAll(".menu-item")) {
      if (!item.hasAttribute("role")) item.setAttribute("role", item.hasAttribute("aria-checked") ? "menuitemcheckbox" : "menuitem");
      item.tabIndex = -1;
    }
    for (const form of this.menu.querySelectorAll("form")) form.setAttribute("role", "none");
    for (const head of this.menu.querySelectorAll(".menu-head")) head.setAttribute("role", "presentation");
    this.menu.addEventListener("toggle", (event) => event.newState === "open" && this.items()[0]?.focus());
    this.button.addEventListener("keydown", (event) => this.onButtonKey(event));
    this.menu.addEventListener("keydown", (event) => this.onKey(event));
    this.menu.addEventListener("click", (event) => this.onClick(event));
  }

  items() {
    return [...this.menu.querySelectorAll(".menu-item:not([disabled])")];
  }

  onButtonKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (this.menu.matches(":popover-open")) this.items()[0]?.focus();
    else this.menu.showPopover();
  }

  onClick(event) {
    const item = event.target.closest(".menu-item");
    if (item && !item.hasAttribute("aria-checked") && !("stay" in item.dataset)) this.menu.hidePopover();
  }

  onKey(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key === "Tab") {
      this.menu.hidePopover();
    } else if (event.key in steps) {
      event.preventDefault();
      items.at(steps[event.key] % items.length)?.focus();
    } else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.stopPropagation();
      const letter = event.key.toLowerCase();
      const later = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      later.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    }
  }
}

customElements.define("app-menu", AppMenu);
