// The menu button: on wide screens the navigation becomes a row of icons (remembered), on narrow ones it is a drawer.
import { remember } from "./storage.js";

const narrowScreen = window.matchMedia("(width < 1024px)");

class NavToggle extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.nav = document.getElementById(this.button.getAttribute("aria-controls"));
    this.button.addEventListener("click", () => (narrowScreen.matches ? this.setDrawer(!this.isOpen) : this.toggleNarrow()));
    document.addEventListener("click", (event) => event.target.closest("[data-nav-narrow]") && this.toggleNarrow());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.isOpen && this.setDrawer(false));
    narrowScreen.addEventListener("change", () => this.setDrawer(false));
    this.say();
  }

  get isOpen() {
    return this.nav?.classList.contains("is-open") ?? false;
  }

  toggleNarrow() {
    const root = document.documentElement;
    const narrow = root.dataset.nav !== "narrow";
    if (narrow) root.dataset.nav = "narrow";
    else delete root.dataset.nav;
    remember("nav", narrow ? "narrow" : null);
    this.say();
  }

  setDrawer(open) {
    this.nav.classList.toggle("is-open", open);
    this.scrim?.remove();
    this.scrim = null;
    if (open) {
      this.scrim = document.createElement("div");
      this.scrim.className = "nav-scrim";
      this.scrim.addEventListener("click", () => this.setDrawer(false));
      this.nav.before(this.scrim);
      this.nav.querySelector("a")?.focus();
    } else if (this.nav.contains(document.activeElement)) {
      this.button.focus();
    }
    this.say();
  }

  say() {
    const shown = narrowScreen.matches ? this.isOpen : document.documentElement.dataset.nav !== "narrow";
    this.button.setAttribute("aria-expanded", String(shown));
  }
}

customElements.define("nav-toggle", NavToggle);
