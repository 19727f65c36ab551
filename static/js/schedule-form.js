// <schedule-form> around the form of a schedule: of the parts marked [data-kinds] those are shown that the chosen kind has,
// or that hold an error. Without this script all are shown.

class ScheduleForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const kind = this.querySelector("select[name=kind]").value;
    for (const part of this.querySelectorAll("[data-kinds]")) {
      const isWanted = part.dataset.kinds.split(" ").includes(kind);
      part.hidden = !isWanted && !part.querySelector("[aria-invalid]");
    }
  }
}

customElements.define("schedule-form", ScheduleForm);
