// <scale-form> around the form that scales a deployment: only the numbers of the chosen kind are shown.
// Without this script all of them are.

const BY_HAND = ["instance_count"];

class ScaleForm extends HTMLElement {
  connectedCallback() {
    this.kind = this.querySelector("[name=kind]");
    this.kind.addEventListener("change", () => this.show());
    this.querySelector("form").addEventListener("input", (event) => event.currentTarget.classList.add("is-changed"));
    this.show();
  }

  show() {
    const byHand = this.kind.value === "default";
    for (const part of this.querySelectorAll("[data-scale]")) {
      const name = part.dataset.scale;
      if (name !== "kind") part.hidden = BY_HAND.includes(name) !== byHand;
    }
  }
}

customElements.define("scale-form", ScaleForm);
