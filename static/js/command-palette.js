// Ctrl/Cmd+K: pages, actions, workspaces and runs, found by typing. The commands are links the server wrote into the
// page; runs come from the REST list, asked once at opening (the latest) and again for what is typed.
import { icon } from "./icon.js";
import { bindings, keyNames } from "./bindings.js";
import { nextTheme } from "./theme-switch.js";

const TYPING_MS = 180;
const RUNS = 8;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.list = this.querySelector('[role="listbox"]');
    this.runs = [];
    this.asked = 0;
    document.addEventListener("openpalette", () => this.open());
    this.field.addEventListener("input", () => this.onInput());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => this.choose(event.target.closest('[role="option"]')));
    this.list.addEventListener("mousemove", (event) => this.select(event.target.closest('[role="option"]')));
  }

  open() {
    if (this.dialog.open) return;
    this.field.value = "";
    this.dialog.showModal();
    this.field.focus();
    this.render();
    this.askRuns("");
  }

  onInput() {
    this.render();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.askRuns(this.field.value.trim()), TYPING_MS);
  }

  async askRuns(text) {
    if (!this.dataset.runsUrl) return;
    const asked = (this.asked += 1);
    const url = new URL(this.dataset.runsUrl, location.origin);
    url.searchParams.set("limit", RUNS);
    if (text) url.searchParams.set("q", text);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (!response.ok || asked !== this.asked) return;
      this.runs = (await response.json()).results ?? [];
      this.render();
    } catch {
      // Runs are an extra: without the server the pages are still listed.
    }
  }

  commands() {
    const links = [...this.querySelector("[data-commands]").content.querySelectorAll("a")].map((link) => ({
      label: link.textContent,
      url: link.getAttribute("href"),
      icon: link.dataset.icon,
      keys: link.dataset.keys,
      group: link.dataset.group ?? "Go to",
    }));
    const actions = [
      { label: "Change the theme", icon: "sun", keys: "alt+m", group: "Actions", run: nextTheme },
      { label: "Keyboard shortcuts", icon: "keyboard", keys: "?", group: "Actions", run: () => document.dispatchEvent(new CustomEvent("openshortcuts")) },
    ];
    const own = bindings.filter((binding) => typeof binding.run === "function").map((binding) => ({ label: binding.label, icon: "zap", keys: binding.keys, group: "On this page", run: () => binding.run(binding.keys) }));
    return [...own, ...links, ...actions];
  }

  found() {
    const words = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.toLowerCase().includes(word));
    const runs = this.runs.map((run) => ({
      label: run.name || run.id,
      note: run.experiment?.path ?? run.experiment ?? run.state,
      url: `${this.dataset.runPage}${run.id}/`,
      icon: "activity",
      group: words.length ? "Runs" : "Recent runs",
    }));
    const commands = this.commands().filter((command) => fits(`${command.group} ${command.label}`));
    return words.length ? [...commands.slice(0, 8), ...runs] : [...commands.filter((command) => command.group !== "Workspaces"), ...runs];
  }

  render() {
    const entries = this.found();
    const groups = new Map();
    for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
    this.entries = [];
    const nodes = [];
    for (const [name, members] of groups) nodes.push(this.group(name, members));
    if (!nodes.length) nodes.push(this.nothing());
    this.list.replaceChildren(...nodes);
    this.select(this.list.querySelector('[role="option"]'));
  }

  group(name, members) {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    const title = document.createElement("div");
    title.className = "palette-group";
    title.setAttribute("aria-hidden", "true");
    title.textContent = name;
    group.append(title, ...members.map((entry) => this.option(entry)));
    return group;
  }

  option(entry) {
    const option = document.createElement("div");
    const label = document.createElement("span");
    option.className = "palette-item";
    option.id = `palette-${this.entries.push(entry) - 1}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    label.className = "label";
    label.textContent = entry.label;
    option.append(icon(entry.icon ?? "arrow-right"), label);
    const note = document.createElement("span");
    note.className = "note";
    if (entry.keys) {
      note.append(...keyNames(entry.keys).flat().map((name) => Object.assign(document.createElement("kbd"), { textContent: name })));
    } else {
      note.textContent = entry.note ?? "";
    }
    option.append(note);
    return option;
  }

  nothing() {
    const line = document.createElement("div");
    line.className = "palette-empty";
    line.textContent = "Nothing matches.";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    return line;
  }

  select(option) {
    if (!option || option.getAttribute("aria-disabled")) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    this.list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  onKey(event) {
    const options = [...this.list.querySelectorAll('[role="option"][id]')];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1 };
    if (event.key in steps) {
      event.preventDefault();
      const next = options.at(steps[event.key] % options.length);
      this.select(next);
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.choose(options[at], event.ctrlKey || event.metaKey);
    }
  }

  choose(option, inNewTab = false) {
    const entry = option?.id ? this.entries[Number(option.id.slice("palette-".length))] : null;
    if (!entry) return;
    this.dialog.close();
    if (entry.run) entry.run();
    else if (inNewTab) window.open(entry.url, "_blank", "noopener");
    else location.assign(entry.url);
  }
}

customElements.define("command-palette", CommandPalette);
