// <datastore-form> around the form of a datastore: of the ways in, only the fields of the chosen one are shown, and what a
// test said is taken away when something is changed. Without this script all fields are shown.

class DatastoreForm extends HTMLElement {
  connectedCallback() {
    this.credential = this.querySelector("[name=credential]");
    this.result = this.querySelector("#test-result");
    this.addEventListener("change", () => this.show());
    this.addEventListener("input", () => this.result.replaceChildren());
    this.show();
  }

  show() {
    if (!this.credential) return;
    for (const part of this.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== this.credential.value;
  }
}

customElements.define("datastore-form", DatastoreForm);
