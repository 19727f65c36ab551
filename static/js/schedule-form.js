// <schedule-form> around the form of a schedule: shown are the parts that go with what is chosen ([data-kinds]: how it starts,
// [data-units]: of a recurrence, [data-events]: which event), or that hold an error. Without this script all are shown.

const PARTS = { kinds: "input[name=how]:checked", units: "select[name=frequency]", events: "select[name=event]" };

class ScheduleForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    for (const [name, chosen] of Object.entries(PARTS)) {
      const value = this.querySelector(chosen)?.value ?? "";
      for (const part of this.querySelectorAll(`[data-${name}]`)) {
        const isWanted = part.dataset[name].split(" ").includes(value);
        part.hidden = !isWanted && !part.querySelector("[aria-invalid]");
      }
    }
  }
}

customElements.define("schedule-form", ScheduleForm);
