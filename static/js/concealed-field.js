// <concealed-field> around a field of a secret value and a button: what is typed is shown as dots until the button is pressed.
import { changeIcon } from "./icon.js";

class ConcealedField extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-reveal]");
    this.control = this.querySelector(".concealed");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    const shown = this.control.classList.toggle("is-shown");
    if (this.control.tagName === "INPUT") this.control.type = shown ? "text" : "password";
    this.button.setAttribute("aria-pressed", String(shown));
    changeIcon(this.button.querySelector("svg"), shown ? "eye-off" : "eye");
  }
}

customElements.define("concealed-field", ConcealedField);
