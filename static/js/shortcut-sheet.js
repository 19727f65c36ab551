// The sheet of every shortcut, made from the table that is obeyed, with the switch for single keys.
import { bindings, keyNames } from "./bindings.js";
import { remember, remembered } from "./storage.js";

class ShortcutSheet extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.groups = this.querySelector(".shortcut-groups");
    const box = this.querySelector("[data-single-keys]");
    box.checked = remembered("singleKeys") !== "off";
    box.addEventListener("change", () => remember("singleKeys", box.checked ? null : "off"));
    document.addEventListener("openshortcuts", () => this.open());
  }

  open() {
    if (this.dialog.open) return;
    this.render();
    this.dialog.showModal();
  }

  render() {
    const groups = Map.groupBy ? Map.groupBy(bindings, (binding) => binding.group) : this.grouped();
    this.groups.replaceChildren(...[...groups].map(([name, entries]) => this.section(name, entries)));
  }

  grouped() {
    const groups = new Map();
    for (const binding of bindings) groups.set(binding.group, [...(groups.get(binding.group) ?? []), binding]);
    return groups;
  }

  section(name, entries) {
    const section = document.createElement("section");
    const title = document.createElement("h3");
    const list = document.createElement("dl");
    title.textContent = name;
    for (const binding of entries) list.append(this.line(binding));
    section.append(title, list);
    return section;
  }

  line(binding) {
    const line = document.createElement("div");
    const what = document.createElement("dt");
    const keys = document.createElement("dd");
    what.textContent = binding.label;
    keyNames(binding.keys).forEach((chord, index) => {
      if (index) keys.append("then");
      for (const name of chord) {
        const key = document.createElement("kbd");
        key.textContent = name;
        keys.append(key);
      }
    });
    line.append(what, keys);
    return line;
  }
}

customElements.define("shortcut-sheet", ShortcutSheet);
