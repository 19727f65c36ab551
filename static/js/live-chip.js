// Says whether the page follows what happens: Live, Reconnecting in n s, Paused. A press pauses and resumes.
import { live } from "./live.js";

const WORDS = { connecting: "Connecting", live: "Live", paused: "Paused", "signed-out": "Signed out" };
const TITLES = {
  connecting: "Opening the live connection",
  live: "This page updates by itself. Press to pause.",
  paused: "Updates are paused. Press to resume.",
  "signed-out": "You are signed out. Press to try again.",
  reconnecting: "The live connection is away; the page asks every 5 s. Press to pause.",
};

class LiveChip extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.onState = () => this.render();
    this.button.addEventListener("click", () => live.togglePause());
    document.addEventListener("livestate", this.onState);
    this.render();
  }

  disconnectedCallback() {
    document.removeEventListener("livestate", this.onState);
    clearInterval(this.timer);
  }

  render() {
    clearInterval(this.timer);
    this.button.dataset.state = live.state;
    this.button.title = TITLES[live.state];
    if (live.state !== "reconnecting") {
      this.button.textContent = WORDS[live.state];
      return;
    }
    this.count();
    this.timer = setInterval(() => this.count(), 1000);
  }

  count() {
    const seconds = Math.max(0, Math.ceil((live.retryAt - Date.now()) / 1000));
    this.button.textContent = seconds ? `Reconnecting in ${seconds} s` : "Reconnecting";
  }
}

customElements.define("live-chip", LiveChip);
