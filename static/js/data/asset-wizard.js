// <asset-wizard data-config="ID of a JSON script">: source, settings, columns, review; then one request registers the version.
import { ask } from "../grid/server.js";
import { element } from "../run/dom.js";
import { ColumnChoice } from "./wizard-columns.js";
import { previewTable } from "./wizard-preview.js";
import { Picker } from "./wizard-picker.js";
import { UploadList } from "./wizard-upload.js";

const STEPS = ["source", "settings", "columns", "review"];
const WAIT = 350; // ms after the last change of a setting

class AssetWizard extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.step = "source";
    this.looked = null;
    this.find = (selector) => this.querySelector(selector);
    this.upload = new UploadList(this.find("[data-source=upload]"), this.config, () => this.guess());
    this.picker = new Picker(this.find("[data-source=place]"), this.config);
    this.columns = new ColumnChoice(this, this.config.types, () => this.lookLater("[data-schema-preview]"));
    this.listen();
    this.find("#wizard-names").append(...this.config.names.map((name) => element("option", { value: name })));
    if (this.config.start) this.begin(this.config.start);
    this.show();
  }

  listen() {
    this.find("[data-next]").addEventListener("click", () => this.next());
    this.find("[data-back]").addEventListener("click", () => this.open(STEPS[STEPS.indexOf(this.step) - 1]));
    for (const button of this.querySelectorAll("[data-step]")) button.addEventListener("click", () => this.open(button.dataset.step));
    for (const input of this.querySelectorAll("[name=source]")) input.addEventListener("change", () => this.show());
    this.find("[data-settings]").addEventListener("input", () => {
      this.columns.clear();
      this.lookLater("[data-preview]");
    });
    this.find("[name=name]").addEventListener("input", () => this.hint());
    this.addEventListener("input", () => this.complain(""));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input:not([type=file])")) {
        event.preventDefault();
        this.next();
      }
    });
  }

  // The address named a place of a datastore.
  begin({ datastore, path }) {
    this.find("[name=source][value=place]").checked = true;
    this.picker.start(datastore, path);
    if (!this.value("name")) this.find("[name=name]").value = path.split("/").pop().replace(/\.[^.]*$/, "").replace(/[^\w.-]+/g, "-").slice(0, 100);
  }

  value(name) {
    return this.find(`[name=${name}]`)?.value ?? "";
  }

  get source() {
    return this.find("[name=source]:checked").value;
  }

  get type() {
    return this.find("[name=type]:checked").value;
  }

  // Several files are a folder, until somebody says otherwise.
  guess() {
    if (this.upload.files.length > 1) this.choose("uri_folder");
    if (!this.value("name") && this.upload.files.length) this.find("[name=name]").value = this.upload.suggestedName();
    this.hint();
  }

  // What was a file until now turns out to be a folder.
  choose(type) {
    const choice = this.find(`[name=type][value=${type}]`);
    if (this.type === "uri_file" && !choice.disabled) choice.checked = true;
  }

  hint() {
    const name = this.find("[name=name]");
    if (name.readOnly) return;
    const isKnown = this.config.names.includes(name.value.trim());
    this.find("[data-name-hint]").textContent = isKnown ? "This name is there: it gets its next version." : "Letters, digits, - _ and the dot, such as cars-2026.";
  }

  show() {
    for (const pane of this.querySelectorAll("[data-source]")) pane.hidden = pane.dataset.source !== this.source;
    if (this.source === "place") this.picker.open();
    const at = STEPS.indexOf(this.step);
    for (const button of this.querySelectorAll("[data-step]")) {
      const place = STEPS.indexOf(button.dataset.step);
      button.disabled = place > at && !button.dataset.reached;
      if (place === at) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.classList.toggle("is-done", place < at);
    }
    for (const pane of this.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== this.step;
    this.find("[data-back]").hidden = at === 0;
    this.find("[data-next]").firstChild.textContent = this.step === "review" ? "Register" : "Next";
  }

  async next() {
    this.complain("");
    const button = this.find("[data-next]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      if (this.step === "review") await this.register();
      else if (this.step === "source") await this.leaveSource();
      else this.open(STEPS[STEPS.indexOf(this.step) + 1]);
    } catch (error) {
      if (error.name !== "AbortError") this.complain([error.message, error.hint].filter(Boolean).join(" "));
    } finally {
      button.disabled = false;
      this.say("");
    }
  }

  async leaveSource() {
    if (!this.value("name").trim()) throw new Error("Give it a name first.");
    if (this.source === "upload") await this.upload.send(this.value("name").trim(), (text) => this.say(text));
    this.place = this.placed();
    if (this.source === "place" && this.value("path").endsWith("/")) this.choose("uri_folder");
    this.columns.clear();
    this.open("settings");
  }

  // Where the data lies, as the API takes it.
  placed() {
    if (this.source === "upload") return { folder: this.upload.folder };
    if (this.source === "query") return { query: { datastore: this.value("database"), text: this.value("query") } };
    if (this.source === "web") return { path: required(this.value("url"), "Give an address.") };
    const path = this.value("path").trim().replace(/^\/+/, "");
    return { path: `azureml://datastores/${this.value("datastore")}/paths/${required(path, "Choose a file or a folder.")}` };
  }

  open(step) {
    if (!this.place && step !== "source") return;
    this.step = step;
    const button = this.find(`[data-step=${step}]`);
    button.dataset.reached = "true";
    button.disabled = false;
    this.complain("");
    this.show();
    this.find(`[data-pane=${step}] h2`).focus({ preventScroll: true });
    if (step === "settings") this.look("[data-preview]");
    if (step === "columns") this.openColumns();
    if (step === "review") this.summarise();
  }

  openColumns() {
    this.columns.show(this.looked?.columns ?? []);
    this.look("[data-schema-preview]");
  }

  lookLater(place) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(place), WAIT);
  }

  // The first rows as they would be read now; an older answer that comes late is dropped.
  async look(selector) {
    this.looking?.abort();
    this.looking = new AbortController();
    const place = this.find(selector);
    place.classList.add("is-loading");
    if (!place.children.length) place.replaceChildren(element("p", { class: "muted" }, "Reading the first rows …"));
    const schema = this.columns.schema();
    try {
      const body = { ...this.place, reading: this.reading(), ...(schema && !this.place.query ? { schema } : {}) };
      const found = await ask(`${this.config.api}data-preview`, { method: "POST", body, signal: this.looking.signal });
      if (!schema) this.looked = found;
      place.replaceChildren(previewTable(found, schema));
      this.found(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!schema) this.looked = null;
      place.replaceChildren(this.unreadable(error));
    }
    place.classList.remove("is-loading");
    this.fitSettings();
  }

  unreadable(error) {
    const isTable = this.type === "mltable";
    const calm = error.code === "not_a_table" && !isTable;
    const text = calm ? "This is not read as a table: the files are registered as they are." : [error.message, error.hint].filter(Boolean).join(" ");
    return element("div", { class: `banner banner-${calm ? "info" : "warning"}`, role: "note" }, element("div", {}, text));
  }

  // What was found out about text is said beside the settings.
  found({ found, is_head: isHead }) {
    const words = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank" };
    const facts = [];
    if (found.delimiter) facts.push(`delimiter ${words[found.delimiter] ?? found.delimiter}`);
    if (found.header !== undefined && found.header !== null) facts.push(found.header ? "a row of names" : "no row of names");
    if (found.skip_rows) facts.push(`${found.skip_rows} rows before it`);
    const line = this.find("[data-found]");
    line.textContent = [facts.length ? `Found: ${facts.join(", ")}.` : "", isHead ? "Only the beginning was read." : ""].join(" ").trim();
    line.hidden = !line.textContent;
  }

  fitSettings() {
    const format = this.value("format") || this.looked?.format || "delimited";
    for (const field of this.querySelectorAll("[data-for]")) field.hidden = field.dataset.for !== format || Boolean(this.place?.query);
    this.find("[name=format]").closest(".field").hidden = Boolean(this.place?.query);
  }

  // The settings that somebody chose.
  reading() {
    const chosen = {};
    for (const name of ["format", "delimiter", "encoding", "decimal"]) if (this.value(name)) chosen[name] = this.value(name).replace("\\t", "\t");
    if (this.value("header")) chosen.header = this.value("header") === "yes";
    if (Number(this.value("skip_rows")) > 0) chosen.skip_rows = Math.min(1_000_000, Math.trunc(Number(this.value("skip_rows"))));
    return chosen;
  }

  summarise() {
    const schema = this.columns.schema();
    const included = schema?.filter((column) => column.included).length;
    const facts = [
      ["Name", this.value("name").trim()],
      ["Type", this.find("[name=type]:checked").closest("label").querySelector("strong").textContent],
      ["From", this.place.query ? `${this.place.query.datastore}: ${this.place.query.text}` : this.place.path ?? this.upload.words()],
      ["Read as", this.looked ? { delimited: "delimited text", parquet: "Parquet", json_lines: "JSON lines", arrow: "Arrow", query: "the answer of the query, kept as Parquet" }[this.looked.format] : "files, as they are"],
      ["Columns", this.looked ? (schema ? `${included} of ${schema.length}` : `all ${this.looked.columns.length}`) : null],
    ];
    const rows = facts.filter(([, value]) => value).map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", { class: "wrap-anywhere" }, value)));
    this.find("[data-summary]").replaceChildren(...rows);
  }

  async register() {
    this.say("Registering …");
    const reading = this.reading();
    const schema = this.columns.schema();
    const body = {
      name: this.value("name").trim(), type: this.type, ...this.place, version: this.value("version").trim(),
      description: this.value("description"), tags: tags(this.value("tags")),
      ...(Object.keys(reading).length ? { reading } : {}), ...(schema ? { schema } : {}),
    };
    const made = await ask(`${this.config.api}data`, { method: "POST", body });
    location.assign(new URL(made.url).pathname);
  }

  complain(text) {
    const place = this.find("[data-problem]");
    place.hidden = !text;
    place.replaceChildren(text ? element("div", { class: "banner banner-danger" }, element("div", {}, text)) : "");
    if (text) place.scrollIntoView({ block: "nearest" });
  }

  say(text) {
    this.find("[data-said]").textContent = text;
  }
}

function required(value, problem) {
  if (!value.trim()) throw new Error(problem);
  return value.trim();
}

function tags(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.split(":")[0].trim(), line.slice(line.indexOf(":") + 1 || line.length).trim()]));
}

customElements.define("asset-wizard", AssetWizard);
