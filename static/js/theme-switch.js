// Light, dark, or what the system says. theme.js applies the choice; this changes it, here and in the person's profile.
import { csrfToken } from "./csrf.js";
import { remember, remembered } from "./storage.js";

const ORDER = ["system", "light", "dark"];
const WORDS = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

const root = document.documentElement;
let kept = Promise.resolve();

// One after the other, so that the last press is the one that stays.
function keepInProfile(theme) {
  const request = {
    method: "PATCH",
    keepalive: true, // outlives the page, should the person go on at once
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ theme }),
  };
  // Away from the server the choice still holds on this page.
  kept = kept.then(() => fetch("/api/v1/me", request)).catch(() => {});
}

export function nextTheme() {
  const now = root.dataset.userTheme ?? (remembered("theme") || "system");
  const next = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
  remember("theme", next);
  if (root.dataset.userTheme) {
    root.dataset.userTheme = next;
    keepInProfile(next);
  }
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
