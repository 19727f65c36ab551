// The list of models and images to deploy, searched as one types; a script without a model is a choice too.
import { ask } from "../grid/server.js";
import { element } from "../run/dom.js";

const WAIT = 250; // ms after the last letter

const SCRIPT = { kind: "script", ref: "", name: "", note: "It brings its model itself, or needs none.", needs_script: true };

export class ChoiceList {
  constructor(wizard, changed) {
    this.wizard = wizard;
    this.changed = changed;
    this.place = wizard.find("[data-choices]");
    this.search = wizard.find("[data-search]");
    this.search.addEventListener("input", () => this.later());
  }

  begin(choice) {
    this.choice = choice;
    this.load();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), WAIT);
  }

  async load() {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const query = new URLSearchParams({ q: this.search.value.trim() });
      const { models, images } = await ask(`${this.wizard.config.choices}?${query}`, { signal: this.asking.signal });
      this.draw(models.map((one) => ({ ...one, kind: "model" })), images.map((one) => ({ ...one, kind: "image" })));
    } catch (error) {
      if (error.name !== "AbortError") this.place.replaceChildren(element("p", { class: "muted" }, error.message));
    }
  }

  draw(models, images) {
    const known = [...models, ...images].some((one) => same(one, this.choice));
    const kept = this.choice && this.choice.kind !== "script" && !known && !this.search.value ? [this.choice] : [];
    const parts = [
      this.group("Chosen", kept),
      this.group("Models", models),
      this.group("Images", images),
      this.search.value ? null : this.group("Without a model", [SCRIPT]),
    ];
    const found = parts.filter(Boolean);
    if (!models.length && !images.length) found.unshift(element("p", { class: "muted choice-none" }, this.search.value ? "No model or image has these words." : "No model is registered yet and no image is built: register one from a run, or deploy a script alone."));
    this.place.replaceChildren(...found);
  }

  group(title, rows) {
    if (!rows.length) return null;
    return element("div", { class: "choice-group" }, element("p", { class: "choice-title" }, title), ...rows.map((row) => this.row(row)));
  }

  row(one) {
    const input = element("input", { type: "radio", name: "choice", checked: same(one, this.choice), onchange: () => this.pick(one) });
    const name = one.kind === "script" ? "A script alone" : one.ref;
    return element("label", { class: "choice-row" }, input, element("strong", {}, name), element("span", { class: "muted truncate" }, one.note));
  }

  pick(one) {
    this.choice = one;
    this.changed();
  }
}

function same(one, other) {
  return Boolean(other) && one.kind === other.kind && one.ref === other.ref;
}
