// <assessment-form>: the one form for assessments, opened by buttons [data-assess] near it: empty for a new one, filled in
// with the button's data for the one it names. Without this script the form is simply not there.

class AssessmentForm extends HTMLElement {
  connectedCallback() {
    this.section = this.closest("section");
    this.section.addEventListener("click", (event) => this.click(event));
  }

  click(event) {
    if (event.target.closest("[data-assess-close]")) this.hidden = true;
    const button = event.target.closest("[data-assess]");
    if (button) this.open(button);
  }

  open(button) {
    const { assess, name = "", kind = "feedback", value = "", rationale = "" } = button.dataset;
    const fields = this.querySelector("form").elements;
    fields.assessment_id.value = assess;
    fields.name.value = name;
    fields.kind.value = kind;
    fields.value.value = value;
    fields.rationale.value = rationale;
    const span = new URLSearchParams(window.location.search).get("span");
    fields.span_id.value = assess || !span ? "" : span;
    this.hidden = false;
    fields.name.focus();
  }
}

customElements.define("assessment-form", AssessmentForm);
