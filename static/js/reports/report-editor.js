// <report-editor>: asks for the preview a moment after the last key, puts snippets in at the cursor, and warns before
// unsaved words are left behind.
const PAUSE_MS = 600;
const SNIPPETS = {
  chart: "```chart\nmetrics: [val/loss]\nexperiment: vision/digits\nlimit: 5\n```\n",
  runs: "```runs\nexperiment: vision/digits\ncolumns: [state, duration, params.lr, metrics.val/loss]\nlimit: 10\n```\n",
  run: "```run\nid: \n```\n",
};

class ReportEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("[data-report-text]");
    this.start = this.text.value;
    this.text.addEventListener("input", () => this.later());
    this.addEventListener("click", (event) => this.insert(event.target.closest("[data-insert]")));
    this.onLeave = (event) => this.isChanged && event.preventDefault();
    window.addEventListener("beforeunload", this.onLeave);
    this.form.addEventListener("submit", () => window.removeEventListener("beforeunload", this.onLeave));
    this.text.addEventListener("keydown", (event) => this.onKey(event));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    window.removeEventListener("beforeunload", this.onLeave);
  }

  get isChanged() {
    return this.text.value !== this.start;
  }

  onKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent("report-changed")), PAUSE_MS);
  }

  insert(button) {
    if (!button) return;
    const { selectionStart, value } = this.text;
    const before = selectionStart && !value.slice(0, selectionStart).endsWith("\n\n") ? "\n\n" : "";
    this.text.focus();
    this.text.setRangeText(before + SNIPPETS[button.dataset.insert], selectionStart, this.text.selectionEnd, "end");
    this.later();
  }
}

customElements.define("report-editor", ReportEditor);
