// The activity tray and the bell: panels of the top bar whose content is a fragment of the server, fetched when opened
// and again on a hint. The fragment says in data-unread="n" how much is new; the button shows that number.
import { makePopover } from "./floating.js";

class TopPanel extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.panel = this.querySelector(".panel");
    this.body = this.querySelector("[data-panel-body]");
    this.count = this.querySelector(".topbar-count");
    this.name = this.button.getAttribute("aria-label");
    makePopover(this.button, this.panel, "end");
    this.panel.addEventListener("toggle", (event) => event.newState === "open" && this.load());
    this.onHint = () => this.soon();
    for (const name of this.events()) document.body.addEventListener(name, this.onHint);
    this.body.addEventListener("htmx:afterSettle", () => this.show());
    // The page comes first; the number may follow a moment later.
    (window.requestIdleCallback ?? setTimeout)(() => this.load());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 300);
  }

  load() {
    window.htmx?.ajax("GET", this.dataset.url, { target: this.body, source: this.body, swap: "innerHTML" });
  }

  show() {
    const unread = Number(this.body.querySelector("[data-unread]")?.dataset.unread ?? 0);
    const shown = unread > 99 ? "99+" : unread || "";
    this.count.textContent = shown;
    this.button.setAttribute("aria-label", unread ? `${this.name}, ${shown} ${this.noun}` : this.name);
  }
}

class ActivityTray extends TopPanel {
  noun = "in progress";

  events() {
    return [`live:workspace-${document.body.dataset.workspace}:activity`];
  }
}

class NotificationBell extends TopPanel {
  noun = "unread";

  events() {
    const user = (document.body.dataset.topics ?? "").split(/\s+/).find((topic) => topic.startsWith("user:"));
    return user ? [`live:${user.replace(":", "-")}:notifications`] : [];
  }
}

customElements.define("activity-tray", ActivityTray);
customElements.define("notification-bell", NotificationBell);
