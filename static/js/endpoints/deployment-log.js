// <deployment-log data-url="…">: the last lines of a deployment's instances, asked for again every two seconds while they are
// looked at. Only what is new is drawn; the list stays at its end while Follow is on.
import { ask } from "../grid/server.js";
import { nodesOf } from "../run/log-colours.js";
import { element } from "../run/dom.js";

const EVERY = 2000; // ms
const END = 24; // pixels from the end that count as the end

class DeploymentLog extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.list = this.querySelector("[data-lines]");
    this.said = this.querySelector("[data-state]");
    this.follower = this.querySelector("[data-follow]");
    this.isFollowing = true;
    this.shown = "";
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.elements.q.addEventListener("input", () => this.draw());
    for (const name of ["lines", "instance"]) this.form.elements[name].addEventListener("change", () => this.load());
    this.follower.addEventListener("click", () => this.follow(!this.isFollowing));
    this.querySelector("[data-save]").addEventListener("click", () => this.save());
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.load();
    this.timer = setInterval(() => document.visibilityState === "visible" && this.load(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.asking?.abort();
  }

  async load() {
    if (this.isAsking) return;
    this.isAsking = true;
    this.asking = new AbortController();
    const { lines, instance } = this.form.elements;
    const query = new URLSearchParams({ lines: lines.value, instance: instance.value });
    try {
      const { instances } = await ask(`${this.dataset.url}?${query}`, { signal: this.asking.signal });
      this.offer(instances);
      this.lines = this.told(instances);
      this.said.textContent = "";
      this.draw();
    } catch (error) {
      if (error.name !== "AbortError") this.said.textContent = error.message;
    } finally {
      this.isAsking = false;
    }
  }

  // Which instances there are to choose from; one alone needs no choice.
  offer(instances) {
    if (this.form.elements.instance.value) return;
    const select = this.form.elements.instance;
    const names = instances.map(({ id, label }) => `${id} ${label}`).join();
    select.hidden = instances.length < 2;
    if (this.names === names) return;
    this.names = names;
    select.replaceChildren(element("option", { value: "" }, "All instances"), ...instances.map(({ id, label }) => element("option", { value: id }, label)));
  }

  told(instances) {
    const many = instances.length > 1;
    return instances.flatMap(({ label, text }) => {
      const lines = text.split("\n").map((line) => ({ line }));
      if (lines.at(-1).line === "") lines.pop();
      return many ? [{ head: label }, ...lines] : lines;
    });
  }

  draw() {
    if (!this.lines) return;
    const wanted = this.form.elements.q.value.toLowerCase();
    const lines = this.lines.filter(({ head, line }) => head || !wanted || line.toLowerCase().includes(wanted));
    const mark = JSON.stringify(lines);
    if (mark === this.shown) return;
    this.shown = mark;
    const place = this.list.scrollTop;
    this.list.replaceChildren(...(lines.length ? lines.map(lineOf) : [element("p", { class: "log-none muted" }, wanted ? "No line has these words." : "Nothing printed yet.")]));
    this.list.scrollTop = this.isFollowing ? this.list.scrollHeight : place;
  }

  follow(isOn) {
    this.isFollowing = isOn;
    this.follower.setAttribute("aria-pressed", String(isOn));
    if (isOn) this.list.scrollTop = this.list.scrollHeight;
  }

  scrolled() {
    const isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < END;
    if (isAtEnd !== this.isFollowing) this.follow(isAtEnd);
  }

  save() {
    const text = (this.lines ?? []).map(({ head, line }) => (head ? `--- ${head} ---` : line)).join("\n");
    const link = element("a", { href: URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" })), download: "deployment.log" });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

function lineOf({ head, line }) {
  if (head) return element("div", { class: "log-head" }, head);
  const said = saidOf(line);
  return said ? structured(said, line) : element("div", { class: "log-row" }, ...nodesOf(line));
}

// The runtime's own lines are JSON: they are shown as people read them, whole on hover.
function saidOf(line) {
  if (!line.startsWith('{"time"')) return null;
  try {
    const found = JSON.parse(line);
    return typeof found.event === "string" ? found : null;
  } catch {
    return null;
  }
}

function structured({ time, level, event, method, path, status, ms, id, deployment: _deployment, worker: _worker, ...rest }, line) {
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const what = method ? [`${method} ${path} `, element("span", { class: status < 400 ? "console-good" : "console-bad" }, String(status)), ` ${ms} ms`] : [event];
  return element(
    "div",
    { class: `log-row is-said is-${level}`, title: line },
    element("span", { class: "log-time" }, String(time).slice(11, 23)),
    element("span", { class: "log-what" }, ...what),
    element("span", { class: "log-facts" }, [id, ...facts].filter(Boolean).join("  ")),
  );
}

customElements.define("deployment-log", DeploymentLog);
