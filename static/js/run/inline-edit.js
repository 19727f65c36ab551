// <inline-edit>: [data-edit] shows the form in place of [data-shown] (or of the element `data-hides` names); Escape and
// [data-cancel] put things back as they were.

class InlineEdit extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[hidden], form:not([hidden]):has([data-cancel])");
    this.opener = this.querySelector("[data-edit]");
    if (!this.form || !this.opener) return;
    this.opener.addEventListener("click", () => this.open());
    this.form.querySelector("[data-cancel]").addEventListener("click", () => this.close());
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    if ("open" in this.dataset) this.open();
  }

  disconnectedCallback() {
    this.reveal(true);
  }

  get shown() {
    const hides = this.dataset.hides && document.getElementById(this.dataset.hides);
    return hides?.closest("h1") ?? hides ?? this.querySelector("[data-shown]");
  }

  reveal(isShown) {
    if (!this.shown) return;
    // A page keeps its heading, seen or not.
    if (this.shown.tagName === "H1") this.shown.classList.toggle("visually-hidden", !isShown);
    else this.shown.hidden = !isShown;
  }

  open() {
    this.form.hidden = false;
    this.opener.hidden = true;
    this.reveal(false);
    const field = this.form.querySelector("input:not([type=hidden]), textarea");
    field.focus();
    if (field.select && field.tagName === "INPUT") field.select();
  }

  close() {
    this.form.reset();
    this.form.hidden = true;
    this.opener.hidden = false;
    this.reveal(true);
    this.opener.focus();
  }
}

customElements.define("inline-edit", InlineEdit);
