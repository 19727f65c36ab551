// Asks before a button or form with data-confirm acts. On the same element:
//   data-confirm="Stop 3 runs? They can't be resumed."  data-confirm-label="Stop runs"  data-confirm-danger

class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.addEventListener("click", (event) => this.onClick(event), true);
    document.body.addEventListener("htmx:confirm", (event) => this.onHtmx(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close("cancel"));
  }

  // The answer: true when the person said yes.
  ask({ text, label = "Continue", danger = false }) {
    const [title, ...rest] = text.split(/(?<=[?.])\s+/);
    this.querySelector("h2").textContent = title;
    this.querySelector("p").textContent = rest.join(" ");
    const ok = this.querySelector('[value="ok"]');
    ok.textContent = label;
    ok.className = danger ? "btn btn-danger" : "btn btn-primary";
    this.dialog.returnValue = "cancel";
    this.dialog.showModal();
    // What can't be undone is not one Enter away.
    this.querySelector(danger ? '[value="cancel"]' : '[value="ok"]').focus();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "ok"), { once: true });
    });
  }

  question(element) {
    const { confirm, confirmLabel } = element.dataset;
    const count = document.querySelector("[data-bulk-bar] [data-count]")?.textContent ?? "";
    const danger = "confirmDanger" in element.dataset || element.matches(".btn-danger, .btn-quiet-danger, .is-danger");
    return { text: confirm.replace("{n}", count), label: confirmLabel, danger };
  }

  async onClick(event) {
    const button = event.target.closest?.("[data-confirm]");
    if (!button || button.hasAttribute("hx-post") || button.hasAttribute("hx-delete") || button.hasAttribute("hx-patch")) return;
    if (button.dataset.confirmed) {
      delete button.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!(await this.ask(this.question(button)))) return;
    button.dataset.confirmed = "yes";
    button.click();
  }

  async onHtmx(event) {
    const element = event.detail.elt.closest("[data-confirm]");
    if (!element || element !== event.detail.elt || element.dataset.confirmed) return;
    event.preventDefault();
    if (await this.ask(this.question(element))) event.detail.issueRequest(true);
  }
}

customElements.define("confirm-dialog", ConfirmDialog);
