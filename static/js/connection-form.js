// <connection-form> around a form with a select of types and one of credentials: shows the parts that belong to the choices,
// and offers each type its own credentials. Without this script every part is shown.

class ConnectionForm extends HTMLElement {
  connectedCallback() {
    this.types = JSON.parse(document.getElementById(this.getAttribute("types")).textContent);
    this.type = this.querySelector("[name=type]");
    this.credentials = this.querySelector("[name=credentials]");
    this.target = this.querySelector("[name=target]");
    this.addEventListener("change", (event) => {
      if (event.target === this.type || event.target === this.credentials) this.show();
    });
    this.show();
  }

  show() {
    const type = this.types[this.type.value];
    for (const option of this.credentials.options) option.hidden = option.disabled = !type.credentials.includes(option.value);
    if (!type.credentials.includes(this.credentials.value)) this.credentials.value = type.credentials[0];
    this.target.labels[0].textContent = type.target;
    this.target.placeholder = type.hint;
    this.choose("type", this.type.value);
    this.choose("credentials", this.credentials.value);
  }

  choose(name, value) {
    for (const part of this.querySelectorAll(`[data-part="${name}"]`)) part.hidden = part.dataset.when !== value;
  }
}

customElements.define("connection-form", ConnectionForm);
