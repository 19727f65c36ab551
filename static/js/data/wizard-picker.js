// Choosing a file or a folder of a datastore: one folder at a time, with the way back above.
import { ask } from "../grid/server.js";
import { element } from "../run/dom.js";
import { icon } from "../icon.js";

const PAGE = 200;

export class Picker {
  constructor(pane, config) {
    Object.assign(this, { pane, config, folder: "", isOpen: false });
    this.store = pane.querySelector("[name=datastore]");
    this.path = pane.querySelector("[name=path]");
    this.list = pane.querySelector("[data-entries]");
    this.crumbs = pane.querySelector("[data-crumbs]");
    this.store.addEventListener("change", () => {
      this.path.value = "";
      this.enter("");
    });
    pane.querySelector("[data-take-folder]").addEventListener("click", () => this.take(`${this.folder}/`.replace(/^\/$/, "")));
    this.path.addEventListener("change", () => this.mark());
  }

  start(datastore, path) {
    if ([...this.store.options].some((option) => option.value === datastore)) this.store.value = datastore;
    this.path.value = path;
    this.folder = path.split("/").slice(0, -1).join("/");
  }

  open() {
    if (!this.isOpen) this.enter(this.folder);
    this.isOpen = true;
  }

  async enter(folder, { cursor = "", hadFocus = false } = {}) {
    this.folder = folder;
    this.drawCrumbs();
    if (!cursor) this.list.replaceChildren(element("li", { class: "picker-note muted" }, "Looking …"));
    const query = new URLSearchParams({ path: folder, limit: PAGE, ...(cursor ? { cursor } : {}) });
    try {
      const found = await ask(`${this.config.api}datastores/${encodeURIComponent(this.store.value)}/entries?${query}`);
      if (this.folder !== folder) return;
      this.draw(found, Boolean(cursor), hadFocus);
    } catch (error) {
      this.list.replaceChildren(element("li", { class: "picker-note" }, [error.message, error.hint].filter(Boolean).join(" ")));
    }
  }

  draw(found, isMore, hadFocus) {
    const rows = [...found.results].sort((one, other) => other.is_dir - one.is_dir || one.name.localeCompare(other.name)).map((entry) => this.row(entry));
    if (!rows.length && !isMore) rows.push(element("li", { class: "picker-note muted" }, "This folder is empty."));
    if (isMore) this.list.querySelector(".picker-more")?.remove();
    else this.list.replaceChildren();
    this.list.append(...rows);
    if (found.next) {
      const cursor = new URL(found.next, location.href).searchParams.get("cursor");
      this.list.append(element("li", { class: "picker-more" }, element("button", { type: "button", class: "btn btn-sm", onclick: () => this.enter(this.folder, { cursor }) }, "Show more")));
    }
    this.mark();
    if (hadFocus) this.list.querySelector("button")?.focus();
  }

  row(entry) {
    const act = () => (entry.is_dir ? this.enter(entry.path, { hadFocus: true }) : this.take(entry.path));
    const button = element("button", { type: "button", class: "picker-row", "data-path": entry.path, "aria-pressed": entry.is_dir ? null : "false", onclick: act }, icon(entry.is_dir ? "folder" : "file"), element("span", { class: "truncate" }, entry.name), entry.is_dir ? icon("chevron-right", "icon-sm") : "");
    return element("li", {}, button);
  }

  take(path) {
    this.path.value = path;
    this.mark();
  }

  mark() {
    for (const row of this.list.querySelectorAll("[aria-pressed]")) row.setAttribute("aria-pressed", row.dataset.path === this.path.value);
  }

  drawCrumbs() {
    const parts = this.folder.split("/").filter(Boolean);
    const steps = [[this.store.value, ""], ...parts.map((part, at) => [part, parts.slice(0, at + 1).join("/")])];
    this.crumbs.replaceChildren(...steps.map(([name, path]) => element("li", {}, element("button", { type: "button", class: "crumb", onclick: () => this.enter(path, { hadFocus: true }) }, name))));
  }
}
