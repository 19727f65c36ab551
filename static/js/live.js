// The one browser socket. It carries hints ("look again"), which become DOM events on <body>:
//   live:run-k3v9x2m7qabc:metrics and live:run-k3v9x2m7qabc, with event.detail = the hint.
// Topics come from <body data-topics="…"> and from any element with data-topic. While the socket is down the same
// events are sent every 5 s, so elements with hx-trigger="live:… from:body" fall back to polling by themselves.

const POLL_MS = 5000;
const CALM_MS = 30000; // a connection that held this long starts the back-off anew
const SIGNED_OUT = 4401;
const EVENTS = {
  run: ["status", "metrics", "log", "artifacts"],
  workspace: ["runs", "activity", "compute", "members", "endpoints", "images", "environments"],
  image: ["status", "log"],
  "environment-build": ["status", "log"],
  user: ["notifications", "access"],
};

class Live {
  constructor(url) {
    this.url = url;
    this.socket = null;
    this.subscribed = new Set();
    this.refused = new Set();
    this.attempts = 0;
    this.paused = false;
    this.retryAt = 0;
    this.state = "connecting";
    this.pollTimer = 0;
    this.retryTimer = 0;
    this.openedAt = 0;
    this.missed = false; // whether a connection was lost since the page came
  }

  start() {
    this.connect();
    document.body.addEventListener("htmx:afterSettle", () => this.sync());
    document.addEventListener("visibilitychange", () => this.wake());
    window.addEventListener("online", () => this.wake());
    window.addEventListener("pagehide", () => this.socket?.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.connect());
  }

  wanted() {
    const topics = new Set((document.body.dataset.topics ?? "").split(/\s+/).filter(Boolean));
    for (const element of document.querySelectorAll("[data-topic]")) topics.add(element.dataset.topic);
    return topics;
  }

  connect() {
    clearTimeout(this.retryTimer);
    if (this.paused || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.subscribed.clear();
    this.refused.clear();
    const socket = new WebSocket(`${scheme}//${location.host}${this.url}`);
    this.socket = socket;
    socket.addEventListener("open", () => this.opened());
    socket.addEventListener("message", (event) => this.received(event.data));
    socket.addEventListener("close", (event) => socket === this.socket && this.closed(event.code));
  }

  opened() {
    this.openedAt = Date.now();
    this.stopPolling();
    this.sync();
    this.show("live");
  }

  closed(code) {
    if (code === SIGNED_OUT) {
      this.leave();
      return;
    }
    if (this.openedAt && Date.now() - this.openedAt > CALM_MS) this.attempts = 0;
    this.missed = true;
    if (this.paused) return;
    const wait = Math.min(30000, 1000 * 2 ** this.attempts) * (0.5 + Math.random() / 2);
    this.attempts += 1;
    this.retryAt = Date.now() + wait;
    this.retryTimer = setTimeout(() => this.connect(), wait);
    this.startPolling();
    this.show("reconnecting");
  }

  // The session is over: asking again would only fill the server's log.
  leave() {
    this.paused = true;
    this.stopPolling();
    this.show("signed-out");
    document.dispatchEvent(new CustomEvent("toast", {
      detail: { level: "error", key: "session", text: "You are signed out.", action: { label: "Sign in", url: location.href } },
    }));
  }

  wake() {
    if (document.visibilityState !== "visible" || this.paused) return;
    if (this.socket?.readyState === WebSocket.CLOSED) this.connect();
  }

  sync() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const wanted = this.wanted();
    for (const topic of wanted) {
      if (this.subscribed.has(topic) || this.refused.has(topic)) continue;
      this.socket.send(JSON.stringify({ subscribe: topic }));
      this.subscribed.add(topic);
    }
    for (const topic of [...this.subscribed]) {
      if (wanted.has(topic)) continue;
      this.socket.send(JSON.stringify({ unsubscribe: topic }));
      this.subscribed.delete(topic);
    }
  }

  received(data) {
    const hint = JSON.parse(data);
    // Something was left out: we read too slowly, or what carries the hints was restarted.
    if (hint.gap) {
      this.hintAll();
      return;
    }
    if (hint.error) {
      this.subscribed.delete(hint.topic);
      this.refused.add(hint.topic);
    } else if (hint.subscribed) {
      // What happened before we were heard was hinted to nobody: look once. On a fresh page only a run is worth it.
      if (this.missed || hint.topic.startsWith("run:")) this.hintTopic(hint.topic);
    } else if (hint.topic && hint.event) {
      this.emit(hint);
    }
  }

  emit(hint) {
    const name = `live:${hint.topic.replace(":", "-")}`;
    document.body.dispatchEvent(new CustomEvent(`${name}:${hint.event}`, { detail: hint }));
    document.body.dispatchEvent(new CustomEvent(name, { detail: hint }));
  }

  hintAll() {
    for (const topic of this.wanted()) if (!this.refused.has(topic)) this.hintTopic(topic);
  }

  hintTopic(topic) {
    const name = `live:${topic.replace(":", "-")}`;
    for (const event of EVENTS[topic.split(":")[0]] ?? []) {
      document.body.dispatchEvent(new CustomEvent(`${name}:${event}`, { detail: { topic, event, polled: true } }));
    }
    document.body.dispatchEvent(new CustomEvent(name, { detail: { topic, event: "", polled: true } }));
  }

  startPolling() {
    if (this.pollTimer) return;
    this.pollTimer = setInterval(() => document.visibilityState === "visible" && this.hintAll(), POLL_MS);
  }

  stopPolling() {
    clearInterval(this.pollTimer);
    this.pollTimer = 0;
  }

  togglePause() {
    this.paused = !this.paused;
    this.missed = true;
    clearTimeout(this.retryTimer);
    if (this.paused) {
      this.stopPolling();
      this.socket?.close();
      this.show("paused");
      return;
    }
    this.attempts = 0;
    this.socket = null;
    this.show("connecting");
    this.connect();
  }

  show(state) {
    this.state = state;
    document.dispatchEvent(new CustomEvent("livestate", { detail: { state, retryAt: this.retryAt } }));
  }
}

export const live = new Live(document.body.dataset.liveUrl ?? "");
if (document.body.dataset.liveUrl && document.body.dataset.topics?.trim()) live.start();
