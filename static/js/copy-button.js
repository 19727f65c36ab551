// Copies its `value`, the text of the element its `for` names, or with `address` that of the page as it is now, and says so for a moment.
import { changeIcon } from "./icon.js";

async function copied(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Over plain HTTP browsers have no clipboard API: the old way still works.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

class CopyButton extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.button = this.querySelector("button");
    this.label = this.button.getAttribute("aria-label");
    this.button.addEventListener("click", (event) => this.copy(event));
  }

  text() {
    const source = this.getAttribute("for");
    if (source) return document.getElementById(source).textContent;
    return this.hasAttribute("address") ? window.location.href : this.getAttribute("value");
  }

  async copy(event) {
    event.preventDefault();
    event.stopPropagation();
    const text = this.text();
    try {
      await copied(text);
    } catch {
      document.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text: "The browser refused to copy. Select the text and copy it by hand." } }));
      return;
    }
    changeIcon(this.querySelector("svg"), "check");
    this.button.setAttribute("aria-label", "Copied");
    this.button.title = "Copied";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reset(), 1600);
  }

  reset() {
    changeIcon(this.querySelector("svg"), "copy");
    this.button.setAttribute("aria-label", this.label);
    this.button.title = this.label;
  }
}

customElements.define("copy-button", CopyButton);
