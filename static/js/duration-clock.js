// <duration-clock since="…">4m 12s</duration-clock>: how long something has been going on, ticking.
import { duration } from "./times.js";

const shown = new Set();

class DurationClock extends HTMLElement {
  connectedCallback() {
    this.since = Date.parse(this.getAttribute("since"));
    if (Number.isNaN(this.since)) return;
    shown.add(this);
    this.tick();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  tick() {
    const text = duration(Math.max(0, (Date.now() - this.since) / 1000));
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("duration-clock", DurationClock);
setInterval(() => shown.forEach((element) => element.tick()), 1000);
