// <deploy-wizard data-config="ID of a JSON script">: what, script and environment, where, traffic; then the endpoint is made
// where it is new, and the deployment asked for. The tab YAML says the same in Azure's fields.
import { ask } from "../grid/server.js";
import { element } from "../run/dom.js";
import { ChoiceList } from "./wizard-choices.js";
import { CodePick } from "./wizard-code.js";
import { yamlOf } from "./wizard-yaml.js";

const STEPS = ["what", "script", "where", "review"];
const NAME = /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

class DeployWizard extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.find = (selector) => this.querySelector(selector);
    this.form = this.find("[data-wizard]");
    this.fields = this.form.elements;
    this.yaml = this.find("[data-yaml]");
    this.step = "what";
    this.code = new CodePick(this);
    this.choices = new ChoiceList(this, () => this.chosen());
    this.begin();
    this.listen();
    this.show();
  }

  // Where an update starts from, and what the address said.
  begin() {
    const { present, start, endpoint } = this.config;
    const names = { instance_count: "instance_count", instance_type: "instance_type", request_timeout_ms: "request_timeout_ms", max_concurrent: "max_concurrent" };
    for (const [field, key] of Object.entries(names)) if (present?.[key]) this.fields[field].value = present[key];
    if (present) this.fields.variables.value = Object.entries(present.environment_variables ?? {}).map(([name, value]) => `${name}=${value}`).join("\n");
    const first = start ?? (present?.ref ? { kind: present.kind, ref: present.ref, name: present.ref, note: "", needs_script: Boolean(present.scoring_script) } : null);
    if (present?.code && !start) this.code.keep(present.code, present.scoring_script);
    this.choices.begin(first);
    if (!endpoint && first) this.fields.endpoint.value = this.free(nameFrom(first.name));
    this.fields.traffic.value = this.config.deployments.length ? "none" : "all";
    this.place(present?.deployer);
  }

  listen() {
    this.find("[data-next]").addEventListener("click", () => this.next());
    this.find("[data-back]").addEventListener("click", () => this.open(STEPS[STEPS.indexOf(this.step) - 1]));
    for (const button of this.querySelectorAll("[data-step]")) button.addEventListener("click", () => this.open(button.dataset.step));
    for (const button of document.querySelectorAll("[data-twin]")) button.addEventListener("click", () => this.turn(button.dataset.twin));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.changed(event));
    this.find("[data-yaml-back]").addEventListener("click", () => this.write());
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input:not([type=file], [type=search])")) return;
      event.preventDefault();
      this.next();
    });
  }

  changed(event) {
    this.complain("");
    if (event.target === this.yaml) this.tellYaml(true);
    else this.fit();
  }

  // What was chosen decides what else must be said.
  chosen() {
    const { choice } = this.choices;
    if (choice && !this.config.endpoint && !this.fields.endpoint.value) this.fields.endpoint.value = this.free(nameFrom(choice.name));
    if (choice?.kind === "image") this.place("docker");
    this.complain("");
    this.fit();
  }

  // The name, or with a number behind it where it is taken.
  free(name) {
    const { taken } = this.config;
    if (!taken.includes(name)) return name;
    let number = 2;
    while (taken.includes(`${name.slice(0, 28)}-${number}`)) number += 1;
    return `${name.slice(0, 28)}-${number}`;
  }

  // The deployer that is asked for, else the first that is ready.
  place(name) {
    const all = [...this.querySelectorAll("[name=deployer]")];
    const wanted = all.find(({ value }) => value === name) ?? all.find((one) => one.dataset.away === undefined) ?? all[0];
    if (wanted) wanted.checked = true;
  }

  fit() {
    const { choice } = this.choices;
    const isImage = choice?.kind === "image";
    this.find("[data-script-fields]").hidden = isImage;
    this.find("[data-script-note]").textContent = isImage ? "The image holds its script and environment: there is nothing to say here." : choice?.needs_script === false ? "This model says itself how it is loaded and asked: a script is needed only to do more." : "A script loads the model and answers requests.";
    for (const part of this.querySelectorAll("[data-environment]")) part.hidden = part.dataset.environment !== this.fields.environment_kind.value;
    for (const input of this.querySelectorAll("[name=deployer]")) input.disabled = isImage && input.value !== "docker";
    this.find("[data-place-hint]").textContent = isImage ? "An image runs in a container." : "";
    const name = this.value("name");
    this.find("[data-name-hint]").textContent = this.config.deployments.includes(name) ? "It is there: it gets a new revision, which takes over once it is ready." : "Such as blue, then green for the next version.";
    const others = Object.entries(this.config.traffic).filter(([other, share]) => share && other !== name);
    this.find("[data-all-note]").textContent = others.length ? `As soon as it is ready; ${others.map(([other, share]) => `${other} (${share} %)`).join(", ")} gets none then.` : "As soon as it is ready, not before.";
  }

  value(name) {
    return String(this.fields[name]?.value ?? "").trim();
  }

  show() {
    const at = STEPS.indexOf(this.step);
    for (const button of this.querySelectorAll("[data-step]")) {
      const place = STEPS.indexOf(button.dataset.step);
      button.disabled = place > at && !button.dataset.reached;
      if (place === at && !this.isYaml) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.classList.toggle("is-done", place < at);
    }
    for (const pane of this.querySelectorAll("[data-pane]")) pane.hidden = this.isYaml || pane.dataset.pane !== this.step;
    this.find("[data-yaml-pane]").hidden = !this.isYaml;
    this.find("[data-back]").hidden = this.isYaml || at === 0;
    this.find("[data-next]").textContent = this.isYaml || this.step === "review" ? "Deploy" : "Next";
    this.fit();
  }

  open(step) {
    this.isYaml = false;
    this.twin("form");
    this.step = step;
    this.find(`[data-step=${step}]`).dataset.reached = "true";
    this.complain("");
    if (step === "review") this.summarise();
    this.show();
    this.find(`[data-pane=${step}] h2`).focus({ preventScroll: true });
  }

  turn(to) {
    this.isYaml = to === "yaml";
    this.twin(to);
    if (this.isYaml && !this.isOwnYaml) this.write();
    this.show();
  }

  twin(to) {
    for (const button of document.querySelectorAll("[data-twin]")) button.setAttribute("aria-pressed", String(button.dataset.twin === to));
  }

  write() {
    this.yaml.value = yamlOf(this.told());
    this.tellYaml(false);
  }

  tellYaml(isOwn) {
    this.isOwnYaml = isOwn;
    this.find("[data-yaml-state]").textContent = isOwn ? "Changed here: this is what is deployed." : "As the form says it.";
    this.find("[data-yaml-back]").hidden = !isOwn;
  }

  async next() {
    const button = this.find("[data-next]");
    if (button.disabled) return;
    this.complain("");
    button.disabled = true;
    try {
      if (this.isYaml || this.step === "review") await this.deploy();
      else {
        this.require(this.step);
        this.open(STEPS[STEPS.indexOf(this.step) + 1]);
      }
    } catch (error) {
      this.complain([error.message, error.hint].filter(Boolean).join(" "));
    } finally {
      button.disabled = false;
      this.say("");
    }
  }

  // What a step must know before the next one.
  require(step) {
    if (step === "what") {
      if (!NAME.test(this.value("endpoint")) || this.config.reserved.includes(this.value("endpoint").toLowerCase())) throw new Error("Give the endpoint a name of letters, digits and -, beginning with a letter.");
      if (this.config.taken.includes(this.value("endpoint")) && this.made !== this.value("endpoint")) throw new Error(`There is an endpoint ${this.value("endpoint")} already. Choose another name, or open it and press Deploy.`);
      if (!NAME.test(this.value("name"))) throw new Error("Give the deployment a name of letters, digits and -, such as blue.");
      if (!this.choices.choice) throw new Error("Choose what shall answer: a model, an image, or a script alone.");
    }
    if (step === "script" && this.choices.choice.kind !== "image") {
      if (this.choices.choice.needs_script && !this.code.has) throw new Error("This needs a scoring script: choose its folder.");
      if (this.code.has && !this.value("scoring_script")) throw new Error("Say which file is the scoring script.");
      if (this.fields.environment_kind.value === "named" && !this.value("environment")) throw new Error("Name the environment.");
    }
  }

  // The deployment in Azure's fields.
  told() {
    const { choice } = this.choices;
    const isImage = choice?.kind === "image";
    const found = { name: this.value("name"), endpoint_name: this.value("endpoint") };
    if (choice?.kind === "model") found.model = `azureml:${choice.ref}`;
    if (isImage) found.image = choice.ref;
    if (!isImage && this.code.has) found.code_configuration = { code: this.code.folder, scoring_script: this.value("scoring_script") };
    if (!isImage) Object.assign(found, this.environment());
    if (this.value("instance_type")) found.instance_type = this.value("instance_type");
    found.instance_count = Number(this.value("instance_count")) || 1;
    found.request_settings = { request_timeout_ms: Number(this.value("request_timeout_ms")) || 5000, max_concurrent_requests_per_instance: Number(this.value("max_concurrent")) || 1 };
    const variables = pairs(this.fields.variables.value);
    if (Object.keys(variables).length) found.environment_variables = variables;
    const deployer = this.fields.deployer?.value;
    if (deployer) found.deployer = deployer;
    return found;
  }

  environment() {
    const kind = this.fields.environment_kind.value;
    if (kind === "named" && this.value("environment")) return { environment: this.value("environment") };
    if (kind === "packages" && this.value("packages")) return { environment: { requirements: "requirements.txt" } };
    return {};
  }

  summarise() {
    const { choice } = this.choices;
    const told = this.told();
    const place = this.form.querySelector("[name=deployer]:checked")?.closest("label").querySelector("strong").textContent;
    const facts = [
      ["Endpoint", `${told.endpoint_name}${this.config.endpoint ? "" : " (new)"}`],
      ["Deployment", `${told.name}${this.config.deployments.includes(told.name) ? " (a new revision)" : " (new)"}`],
      [choice?.kind === "image" ? "Image" : choice?.kind === "script" ? "" : "Model", choice?.ref],
      ["Script", told.code_configuration ? `${told.code_configuration.scoring_script}, ${this.code.words}` : ""],
      ["Environment", typeof told.environment === "string" ? told.environment : told.environment ? "the packages given" : choice?.kind === "image" ? "" : "the model's own"],
      ["Runs as", `${told.instance_count} × ${(place ?? "").replace(/^A /, "a ")}${told.instance_type ? `, ${told.instance_type}` : ""}`],
      ["Requests", `at most ${told.request_settings.request_timeout_ms.toLocaleString("en")} ms, ${told.request_settings.max_concurrent_requests_per_instance} at a time each`],
    ];
    const lines = facts.filter(([label, value]) => label && value).map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", { class: "wrap-anywhere" }, value)));
    this.find("[data-summary]").replaceChildren(...lines);
  }

  async deploy() {
    if (!this.isYaml || !this.isOwnYaml) for (const step of STEPS) this.require(step);
    const told = this.isYaml && this.isOwnYaml ? await this.read() : this.told();
    const endpoint = this.config.endpoint || told.endpoint_name || this.value("endpoint");
    const code = told.code_configuration ? await this.code.send((text) => this.say(text)) : "";
    if (told.code_configuration && !code) throw new Error("The YAML names a folder of code: choose it in the form, under Script and environment.");
    await this.ensure(endpoint);
    this.say("Asking for the deployment …");
    const path = `${this.config.api}endpoints/${encodeURIComponent(endpoint)}/deployments/${encodeURIComponent(told.name || this.value("name"))}`;
    await ask(path, { method: "PUT", body: this.body(told, code) });
    location.assign(`${this.config.pages}${encodeURIComponent(endpoint)}/`);
  }

  // What the YAML says, as the studio reads it.
  async read() {
    const found = await ask(`${this.config.api}endpoints/check`, { method: "POST", body: { file_name: "deployment.yml", text: this.yaml.value, kind: "deployment" } });
    return found.document;
  }

  body(told, code) {
    const { name: _name, endpoint_name: _endpoint, ...fields } = told;
    const body = { ...fields, all_traffic: this.fields.traffic.value === "all" };
    if (code) body.code_configuration = { ...fields.code_configuration, code };
    if (this.fields.environment_kind.value === "packages") body.files = { "requirements.txt": this.value("packages") };
    return body;
  }

  // The endpoint first, where it is new; a second try finds it there.
  async ensure(name) {
    if (this.config.endpoint || this.made === name) return;
    this.say("Making the endpoint …");
    await ask(`${this.config.api}endpoints`, { method: "POST", body: { name } });
    this.made = name;
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

// A model's name as an endpoint may be called.
function nameFrom(name) {
  const plain = name.split(":")[0].replace(/[^a-zA-Z0-9]+/g, "-").replace(/^[^a-zA-Z]+|-+$/g, "");
  return plain.slice(0, 32).replace(/-+$/, "");
}

function pairs(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1)]));
}

customElements.define("deploy-wizard", DeployWizard);
