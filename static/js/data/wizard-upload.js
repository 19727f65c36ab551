// The files of a version to be: dropped or chosen, shown as a list, sent into a folder of their own when the step is left.
import { ask } from "../grid/server.js";
import { element, iconButton } from "../run/dom.js";
import { icon } from "../icon.js";
import { chosenFiles, droppedFiles } from "./dropped.js";
import { uploadFile } from "./uploader.js";

const SHOWN = 200; // lines of the list; all files are sent
const UNITS = ["B", "kB", "MB", "GB", "TB"];

export class UploadList {
  constructor(pane, config, changed) {
    Object.assign(this, { pane, config, changed, files: [], folder: "" });
    this.list = pane.querySelector("[data-files]");
    const ground = pane.querySelector("[data-drop]");
    for (const input of pane.querySelectorAll("input[type=file]")) input.addEventListener("change", () => (this.take(chosenFiles(input.files)), (input.value = "")));
    for (const button of pane.querySelectorAll("[data-choose]")) button.addEventListener("click", () => pane.querySelector(`input[data-what="${button.dataset.choose}"]`).click());
    const drop = pane.querySelector(".drop");
    ground.addEventListener("dragover", (event) => (event.preventDefault(), drop.classList.add("is-over")));
    ground.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    ground.addEventListener("drop", async (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      this.take(await droppedFiles(event.dataTransfer));
    });
  }

  take(found) {
    const known = new Set(this.files.map((one) => one.path));
    for (const one of found) if (!known.has(one.path)) this.files.push({ ...one, sent: false });
    this.files = shortened(this.files);
    this.folder = "";
    this.draw();
    this.changed();
  }

  draw() {
    this.list.hidden = !this.files.length;
    const rows = this.files.slice(0, SHOWN).map((one) => this.row(one));
    if (this.files.length > SHOWN) rows.push(element("li", { class: "drop-file muted" }, "", `and ${(this.files.length - SHOWN).toLocaleString("en")} more`));
    this.list.replaceChildren(...rows);
  }

  row(one) {
    one.bar = element("progress", { max: 100, value: one.sent ? 100 : 0, "aria-label": `Progress of ${one.path}` });
    one.actions = element("span", { class: "drop-actions" }, iconButton("x", `Leave out ${one.path}`, () => this.leaveOut(one)));
    one.line = element("li", { class: `drop-file${one.sent ? " is-done" : ""}` }, icon("file"), element("span", { class: "truncate", title: one.path }, one.path), one.bar, element("span", { class: "drop-said muted small" }, size(one.file.size)), one.actions);
    return one.line;
  }

  leaveOut(one) {
    this.files = this.files.filter((other) => other !== one);
    this.folder = "";
    this.draw();
    this.changed();
  }

  suggestedName() {
    const first = this.files[0].path.split("/")[0].replace(/\.[^.]*$/, "");
    return first.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 100);
  }

  words() {
    const bytes = this.files.reduce((total, one) => total + one.file.size, 0);
    return `an upload of ${this.files.length === 1 ? this.files[0].path : `${this.files.length.toLocaleString("en")} files`}, ${size(bytes)}`;
  }

  // Sends what is not there yet; after a cut the same call goes on.
  async send(name, say) {
    if (!this.files.length) throw new Error("Choose a file or a folder first.");
    if (!this.folder) {
      const made = await ask(`${this.config.api}data-folders`, { method: "POST", body: { name } });
      this.folder = made.path;
      this.datastore = made.datastore;
      for (const one of this.files) one.sent = false;
    }
    let count = this.files.filter((one) => one.sent).length;
    for (const one of this.files) {
      if (one.sent) continue;
      say(`Sending ${(count += 1)} of ${this.files.length} …`);
      const progress = (sent, whole) => one.bar && (one.bar.value = whole ? (100 * sent) / whole : 100);
      await uploadFile({ api: this.config.api, datastore: this.datastore, path: `${this.folder}/${one.path}`, file: one.file, overwrite: true, progress });
      one.sent = true;
      one.line?.classList.add("is-done");
      one.actions?.replaceChildren(icon("check"));
    }
  }
}

// Of one folder that was dropped, the files below it: the folder's own name is no part of the version.
function shortened(files) {
  const tops = new Set(files.map((one) => (one.path.includes("/") ? one.path.split("/")[0] : "")));
  if (tops.size !== 1 || tops.has("")) return files;
  return files.map((one) => ({ ...one, path: one.path.slice(one.path.indexOf("/") + 1) }));
}

function size(bytes) {
  let at = 0;
  let left = bytes;
  while (left >= 1000 && at < UNITS.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${at && left < 100 ? left.toFixed(1) : Math.round(left)} ${UNITS[at]}`;
}
