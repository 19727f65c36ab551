// <relative-time datetime="…">3 min ago</relative-time>: stays true, and shows the moment in the reader's own zone on hover.
import { absolute, relative } from "./times.js";

const shown = new Set();

class RelativeTime extends HTMLElement {
  connectedCallback() {
    this.moment = new Date(this.getAttribute("datetime"));
    if (Number.isNaN(this.moment.getTime())) return;
    this.title = absolute(this.moment);
    shown.add(this);
    this.tick();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  tick() {
    const text = relative(this.moment);
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("relative-time", RelativeTime);
setInterval(() => shown.forEach((element) => element.tick()), 15000);
