// <endpoint-console data-config="ID of a JSON script">: a request as a form of the model's signature, as JSON or as a file;
// the answer with its time; what was sent before, kept in this browser.
import { csrfToken } from "../csrf.js";
import { element } from "../run/dom.js";
import { fieldsOf, valuesOf } from "./console-fields.js";
import { History } from "./console-history.js";

const MOST_BYTES = 10_000_000;
const SHAPES = ["dataframe_split", "dataframe_records", "instances", "inputs"];

class EndpointConsole extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.find = (selector) => this.querySelector(selector);
    this.form = this.find("[data-form]");
    this.json = this.form.elements.json;
    this.to = this.find("[name=deployment]");
    this.answer = this.find("[data-answer]");
    this.facts = this.find("[data-facts]");
    this.history = new History(this, `atelier:console:${this.config.endpoint}`);
    this.bind();
    this.choose();
  }

  bind() {
    for (const button of this.querySelectorAll("[data-mode]")) button.addEventListener("click", () => this.show(button.dataset.mode));
    for (const button of this.querySelectorAll("[data-tool]")) button.addEventListener("click", () => this.speak(button.dataset.tool));
    this.to.addEventListener("change", () => this.choose());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.json.addEventListener("input", () => this.check());
    this.find("[data-tidy]").addEventListener("click", () => this.tidy());
    this.find("[data-example]").addEventListener("click", () => this.exemplify());
    this.form.elements.file.addEventListener("change", () => this.told());
  }

  get kind() {
    return this.config.kinds[this.to.value || this.config.main] ?? { fields: [], example: null };
  }

  // Another deployment may have another signature.
  choose() {
    const { fields } = this.kind;
    this.find("[data-mode=form]").hidden = fields.length === 0;
    this.find("[data-fields]").replaceChildren(...fieldsOf(fields));
    if (!this.json.value || this.json.value === this.filled) this.exemplify();
    if (!this.mode) this.show(fields.length ? "form" : "json");
    else if (this.mode === "form" && !fields.length) this.show("json");
  }

  exemplify() {
    this.json.value = this.filled = JSON.stringify(this.kind.example, null, 2);
    this.check();
  }

  show(mode) {
    if (this.mode === "form" && mode === "json" && this.kind.fields.length) {
      this.json.value = JSON.stringify(this.table(), null, 2);
      this.check();
    }
    this.mode = mode;
    for (const pane of this.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== mode;
    for (const button of this.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }

  speak(tool) {
    for (const part of this.querySelectorAll("[data-snippet]")) part.hidden = part.dataset.snippet !== tool;
    for (const button of this.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }

  // The form's values as one row of a table, as the runtime takes it for a model with a signature.
  table() {
    const { names, values } = valuesOf(this.find("[data-fields]"), this.kind.fields);
    return { input_data: { columns: names, index: [0], data: [values] } };
  }

  check() {
    const problem = this.find("[data-json-problem]");
    const said = problemOf(this.json.value);
    problem.textContent = said;
    problem.hidden = !said;
    this.json.setAttribute("aria-invalid", String(Boolean(said)));
    return !said;
  }

  tidy() {
    if (this.check() && this.json.value.trim()) this.json.value = JSON.stringify(JSON.parse(this.json.value), null, 2);
  }

  told() {
    const [file] = this.form.elements.file.files;
    this.find("[data-file-said]").textContent = file ? `${file.name}, ${Math.ceil(file.size / 1000).toLocaleString("en")} kB` : "";
  }

  // What is sent: body, its kind, the path of the runtime, and how the history calls it.
  request() {
    if (this.mode === "file") {
      const [file] = this.form.elements.file.files;
      if (!file) throw new Error("Choose a file first.");
      if (file.size > MOST_BYTES) throw new Error("The file is larger than 10 MB: send it from a program.");
      const type = file.type || { csv: "text/csv", json: "application/json" }[file.name.split(".").pop()] || "application/octet-stream";
      return { body: file, type, path: type === "text/csv" ? "/invocations" : "/score", shown: file.name };
    }
    const text = this.mode === "form" ? JSON.stringify(this.table()) : this.json.value;
    if (this.mode === "json" && !this.check()) throw new Error("This is no JSON yet.");
    const path = SHAPES.some((name) => Object.hasOwn(Object(JSON.parse(text || "null")), name)) ? "/invocations" : "/score";
    return { body: text, type: "application/json", path, shown: text, text };
  }

  async send() {
    const button = this.find("[data-send]");
    if (!button || button.disabled) return;
    let request;
    try {
      request = this.request();
    } catch (error) {
      this.fail(error.message);
      return;
    }
    button.disabled = true;
    this.facts.textContent = "Waiting …";
    try {
      const found = await ask(this.config.send, request, this.to.value);
      this.tell(found);
      this.history.add({ at: Date.now(), to: this.to.value, body: request.text ?? "", shown: request.shown, ...found });
    } catch (error) {
      this.fail(error.message);
    } finally {
      button.disabled = false;
    }
  }

  tell({ status, ms, deployment, request_id: id, text, note }) {
    const isGood = status >= 200 && status < 300;
    const word = element("span", { class: isGood ? "console-good" : "console-bad" }, String(status));
    this.facts.replaceChildren(word, ` · ${ms.toLocaleString("en", { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms${deployment ? ` · ${deployment}` : ""}`);
    const parts = [element("pre", { class: "console-text", tabindex: "0" }, element("code", {}, pretty(text)))];
    if (note) parts.unshift(element("p", { class: "muted" }, note));
    if (id) parts.push(element("p", { class: "form-hint" }, "Request ", element("code", {}, id), "; its lines in the log have this id."));
    this.answer.replaceChildren(...parts);
  }

  fail(message) {
    this.facts.textContent = "";
    this.answer.replaceChildren(element("div", { class: "banner banner-danger", role: "alert" }, element("div", {}, message)));
  }

  // A request of before, brought back to be sent again.
  restore({ to, body }) {
    if ([...this.to.options].some(({ value }) => value === to)) this.to.value = to;
    this.json.value = pretty(body);
    this.show("json");
    this.check();
    this.json.focus();
  }
}

async function ask(address, { body, type, path }, deployment) {
  const headers = { "Content-Type": type, "X-CSRFToken": csrfToken(), "X-Scoring-Path": path, Accept: "application/json" };
  if (deployment) headers["X-Deployment"] = deployment;
  const answer = await fetch(address, { method: "POST", headers, body, credentials: "same-origin" }).catch(() => null);
  if (!answer) throw new Error("The studio could not be reached.");
  const found = await answer.json().catch(() => null);
  if (found && "status" in found && "ms" in found) return found;
  throw new Error([found?.detail ?? `The studio answered ${answer.status}.`, found?.hint].filter(Boolean).join(" "));
}

function problemOf(text) {
  if (!text.trim()) return "";
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return `This is no JSON yet: ${error.message}.`;
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

customElements.define("endpoint-console", EndpointConsole);
