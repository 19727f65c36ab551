// <file-drop data-api="/api/v1/workspaces/w/" data-datastore="default" data-folder="raw"> takes files and folders that are
// dropped on it (or, with data-anywhere, on the page) or chosen, and sends them. Fires "uploaded" with { paths } when all of
// a batch are in their place. The markup is in templates/registry/data/transfers/drop.html.
import { icon } from "../icon.js";
import { chosenFiles, droppedFiles } from "./dropped.js";
import { uploadFile } from "./uploader.js";

const FILES_AT_ONCE = 2;
const UNITS = ["B", "kB", "MB", "GB", "TB"];

class FileDrop extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("[data-files]");
    this.waiting = [];
    this.active = 0;
    this.done = [];
    for (const input of this.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => (this.take(chosenFiles(input.files)), (input.value = "")));
    }
    for (const button of this.querySelectorAll("[data-choose]")) {
      button.addEventListener("click", () => this.querySelector(`input[data-what="${button.dataset.choose}"]`).click());
    }
    this.listen("anywhere" in this.dataset ? document.body : this);
    window.addEventListener("beforeunload", (this.warn = (event) => this.active && event.preventDefault()));
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.warn);
    this.unlisten?.();
  }

  listen(ground) {
    const over = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.classList.add("is-over");
    };
    const leave = (event) => !ground.contains(event.relatedTarget) && this.classList.remove("is-over");
    const drop = async (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.classList.remove("is-over");
      this.take(await droppedFiles(event.dataTransfer));
    };
    const heard = { dragover: over, dragleave: leave, drop };
    for (const [name, does] of Object.entries(heard)) ground.addEventListener(name, does);
    this.unlisten = () => Object.entries(heard).forEach(([name, does]) => ground.removeEventListener(name, does));
  }

  take(files) {
    for (const { path, file } of files) this.waiting.push(this.row(path, file));
    this.list.hidden = !this.list.children.length;
    while (this.active < FILES_AT_ONCE && this.waiting.length) this.next();
  }

  async next() {
    const item = this.waiting.shift();
    if (!item) return;
    this.active += 1;
    await this.send(item);
    this.active -= 1;
    if (this.waiting.length) this.next();
    else if (!this.active && this.done.length) this.tell();
  }

  tell() {
    const paths = this.done.splice(0);
    this.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { datastore: this.dataset.datastore, paths } }));
    document.dispatchEvent(new CustomEvent("toast", { detail: { level: "success", text: paths.length === 1 ? `${paths[0]} is in its place.` : `${paths.length} files are in their place.` } }));
  }

  async send(item, overwrite = false) {
    item.stopper = new AbortController();
    item.say("Sending");
    try {
      const folder = this.dataset.folder ? `${this.dataset.folder}/` : "";
      const upload = await uploadFile({
        api: this.dataset.api,
        datastore: this.dataset.datastore,
        path: folder + item.path.normalize("NFC"),
        file: item.file,
        overwrite,
        progress: (sent, size) => item.show(sent, size),
        signal: item.stopper.signal,
      });
      item.finish();
      this.done.push(upload.path);
    } catch (error) {
      item.fail(error.name === "AbortError" ? "Stopped" : error.message, error.status === 409 && !overwrite);
    }
  }

  // One line of the list, and what happens to it.
  row(path, file) {
    const line = document.createElement("li");
    line.className = "drop-file";
    const name = cell("span", "drop-name truncate", path);
    name.title = path;
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", `Progress of ${path}`);
    const said = cell("span", "drop-said muted small num", "Waiting");
    const actions = cell("span", "drop-actions", "");
    line.append(icon("file"), name, bar, said, actions);
    this.list.append(line);
    const item = { path, file, line, stopper: null };
    const stop = button("Stop", "x", () => (item.stopper ? item.stopper.abort() : this.forget(item)));
    actions.append(stop);
    item.say = (text) => (said.textContent = text);
    item.show = (sent, size) => {
      bar.value = Math.max(sent, size ? 0 : 1);
      item.say(size ? `${Math.floor((100 * sent) / size)} % of ${sized(size)}` : "0 B");
    };
    item.finish = () => {
      bar.value = bar.max;
      line.classList.add("is-done");
      item.say(sized(file.size));
      actions.replaceChildren(icon("circle-check"));
    };
    item.fail = (why, mayReplace) => {
      line.classList.add("is-failed");
      item.say(why);
      const again = (overwrite) => () => {
        line.classList.remove("is-failed");
        actions.replaceChildren(stop);
        this.again(item, overwrite);
      };
      actions.replaceChildren(...(mayReplace ? [button("Replace", "", again(true))] : []), button("Try again", "rotate-cw", again(false)), button("Remove from the list", "x", () => this.forget(item)));
    };
    return item;
  }

  async again(item, overwrite) {
    this.active += 1;
    await this.send(item, overwrite);
    this.active -= 1;
    if (!this.active && this.done.length) this.tell();
  }

  forget(item) {
    this.waiting = this.waiting.filter((other) => other !== item);
    item.line.remove();
    this.list.hidden = !this.list.children.length;
  }
}

function cell(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function button(label, symbol, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = symbol ? "btn btn-ghost btn-icon btn-sm" : "btn btn-sm";
  made.title = label;
  made.setAttribute("aria-label", label);
  if (symbol) made.append(icon(symbol));
  else made.textContent = label;
  made.addEventListener("click", does);
  return made;
}

function sized(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

customElements.define("file-drop", FileDrop);
