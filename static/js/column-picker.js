// <column-picker> around a form of checkboxes name="columns", with an optional search field [data-column-search]:
// searching narrows the list; a change sends the form at once, unless the form has its own button for that.

class ColumnPicker extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-column-search]")?.addEventListener("input", (event) => this.narrow(event.target.value));
    this.addEventListener("change", (event) => event.target.matches("input[type=checkbox]") && this.send());
  }

  narrow(text) {
    const wanted = text.trim().toLowerCase();
    for (const line of this.querySelectorAll("label")) {
      line.hidden = wanted !== "" && !line.textContent.toLowerCase().includes(wanted);
    }
  }

  send() {
    if (this.querySelector("[type=submit]")) return;
    clearTimeout(this.timer);
    // Several boxes are often pressed one after the other: one request for them all.
    this.timer = setTimeout(() => this.querySelector("form")?.requestSubmit(), 250);
  }
}

customElements.define("column-picker", ColumnPicker);
