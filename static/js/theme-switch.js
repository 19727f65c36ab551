// Light, dark, or what the system says. theme.js applies the choice; this changes it.
import { remember, remembered } from "./storage.js";

const ORDER = ["system", "light", "dark"];
const WORDS = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

export function nextTheme() {
  const now = remembered("theme") || "system";
  const next = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
  remember("theme", next);
  document.dispatchEvent(new CustomEvent("themechoice"));
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: WORDS[next], seconds: 2, key: "theme" } }));
}

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", nextTheme);
  }
}

customElements.define("theme-switch", ThemeSwitch);
document.addEventListener("click", (event) => event.target.closest("[data-theme-next]") && nextTheme());
