// <dependent-field data-when="a b"> around a <select> and a part marked [data-depends]: the part is shown only while the
// choice is one of the named ones, or while it holds an error. Without this script it is always shown.

class DependentField extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const part = this.querySelector("[data-depends]");
    const wanted = this.dataset.when.split(" ").includes(this.querySelector("select").value);
    part.hidden = !wanted && !part.querySelector("[aria-invalid]");
  }
}

customElements.define("dependent-field", DependentField);
