// Messages at the corner of the page. Others ask for one with
//   document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, action: { label, url }, seconds, key } }))
// An error stays until it is closed; the rest goes after a while unless the pointer or the focus is on it.
import { icon } from "./icon.js";

const ICONS = { success: "circle-check", warning: "triangle-alert", error: "circle-alert", danger: "circle-alert" };
const SECONDS = 6;
const SECONDS_WITH_ACTION = 10;

class ToastStack extends HTMLElement {
  connectedCallback() {
    if (this.observer) return;
    this.addEventListener("click", (event) => event.target.closest("[data-close]") && this.close(event.target.closest(".toast")));
    document.addEventListener("toast", (event) => this.add(event.detail));
    document.body.addEventListener("htmx:responseError", (event) => this.addFailure(event.detail.xhr));
    document.body.addEventListener("htmx:sendError", () => this.add({ level: "error", key: "offline", text: "The server can't be reached. The page will go on when it is back." }));
    document.addEventListener("livestate", (event) => event.detail.state === "live" && this.close(this.querySelector('[data-key="offline"]')));
    this.observer = new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach((node) => this.adopt(node))));
    this.observer.observe(this, { childList: true });
    for (const toast of this.querySelectorAll(".toast")) this.adopt(toast);
  }

  adopt(toast) {
    if (!(toast instanceof HTMLElement)) return;
    // A popover lies in the top layer: messages stay visible above an open dialog.
    if (this.popover && !this.matches(":popover-open")) this.showPopover();
    if (toast.classList.contains("toast-error")) return;
    const seconds = Number(toast.dataset.seconds) || (toast.querySelector("a") ? SECONDS_WITH_ACTION : SECONDS);
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1500) : this.close(toast));
    setTimeout(leave, seconds * 1000);
  }

  add({ text, level = "info", action = null, seconds = 0, key = "" }) {
    if (key) this.querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
    const toast = document.createElement("div");
    toast.className = `toast toast-${level}`;
    toast.setAttribute("role", level === "error" ? "alert" : "status");
    if (seconds) toast.dataset.seconds = seconds;
    if (key) toast.dataset.key = key;
    const words = document.createElement("p");
    words.textContent = text;
    toast.append(icon(ICONS[level] ?? "info"), words);
    if (action) toast.append(this.actionLink(action));
    toast.append(this.closeButton());
    this.append(toast);
  }

  actionLink({ label, url }) {
    const link = document.createElement("a");
    link.className = "btn btn-sm";
    link.href = url;
    link.textContent = label;
    return link;
  }

  closeButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-ghost btn-icon btn-sm";
    button.dataset.close = "";
    button.setAttribute("aria-label", "Close");
    button.append(icon("x"));
    return button;
  }

  addFailure(xhr) {
    const request = xhr.getResponseHeader("X-Request-ID");
    const said = xhr.status === 403 ? "Your role does not allow this." : xhr.status === 404 ? "There is nothing here any more, or it is not yours to see." : "The server could not do this.";
    this.add({ level: "error", key: "response", text: request ? `${said} Request ${request}.` : said });
  }

  close(toast) {
    toast?.remove();
    if (!this.querySelector(".toast") && this.matches(":popover-open")) this.hidePopover();
  }
}

customElements.define("toast-stack", ToastStack);
