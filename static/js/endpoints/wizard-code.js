// The folder of the scoring script: chosen here, sent as one zip when the deployment is asked for.
import { csrfToken } from "../csrf.js";
import { element } from "../run/dom.js";
import { zipped } from "../charts/zip.js";

const MOST_BYTES = 100_000_000;
const LEFT_OUT = /(^|\/)(\.git|__pycache__|\.venv|venv|node_modules|\.ipynb_checkpoints)(\/|$)|\.pyc$|(^|\/)\.DS_Store$/;

export class CodePick {
  constructor(wizard) {
    this.wizard = wizard;
    this.files = [];
    this.said = wizard.find("[data-code-said]");
    this.clearer = wizard.find("[data-code-clear]");
    this.select = wizard.find("[name=scoring_script]");
    for (const input of [wizard.find("[data-folder]"), wizard.find("[data-files]")]) input.addEventListener("change", () => this.take([...input.files]));
    this.clearer.addEventListener("click", () => this.clear());
  }

  get has() {
    return this.files.length > 0 || Boolean(this.kept);
  }

  get words() {
    return this.kept ? "the code it has" : `${this.files.length} file${this.files.length === 1 ? "" : "s"}`;
  }

  // The folder's name, for the YAML.
  get folder() {
    return `./${this.top || "code"}`;
  }

  // The code a deployment has already.
  keep(digest, script) {
    this.kept = digest;
    this.offer([script]);
    this.tell("The code that it has now.");
  }

  take(chosen) {
    if (!chosen.length) return;
    const files = chosen.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    this.top = files[0].path.includes("/") ? files[0].path.split("/")[0] : "";
    const inside = files.map(({ file, path }) => ({ file, path: this.top ? path.slice(this.top.length + 1) : path }));
    this.files = inside.filter(({ path }) => !LEFT_OUT.test(path));
    this.kept = "";
    const size = this.files.reduce((sum, { file }) => sum + file.size, 0);
    if (size > MOST_BYTES) {
      this.clear();
      this.tell("That is more than 100 MB: code belongs here, models and data do not.");
      return;
    }
    this.offer(this.files.map(({ path }) => path).filter((path) => path.endsWith(".py")));
    this.tell(`${this.top ? `${this.top}: ` : ""}${this.words}, ${Math.max(1, Math.round(size / 1000)).toLocaleString("en")} kB`);
  }

  clear() {
    this.files = [];
    this.kept = "";
    this.offer([]);
    this.tell("No code chosen.");
  }

  offer(scripts) {
    const likely = scripts.find((path) => /(^|\/)score\.py$/.test(path)) ?? scripts.find((path) => /scor/.test(path)) ?? scripts[0];
    this.select.replaceChildren(...scripts.map((path) => element("option", { value: path, selected: path === likely }, path)));
    this.wizard.find("[data-script-choice]").hidden = scripts.length === 0;
  }

  tell(text) {
    this.said.textContent = text;
    this.clearer.hidden = !this.has;
  }

  // The digest of the code where the studio keeps it; "" without any.
  async send(say) {
    if (this.kept || !this.files.length || this.wizard.choices.choice?.kind === "image") return this.has ? this.kept : "";
    say("Sending the code …");
    const parts = await Promise.all(this.files.map(async ({ file, path }) => [path, new Uint8Array(await file.arrayBuffer())]));
    const sorted = parts.sort(([a], [b]) => (a < b ? -1 : 1));
    const address = `${this.wizard.config.pages}new/code/`;
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/zip", "X-CSRFToken": csrfToken(), Accept: "application/json" }, body: zipped(sorted), credentials: "same-origin" }).catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (!answer?.ok || !found) throw new Error([found?.detail ?? "The code could not be sent.", found?.hint].filter(Boolean).join(" "));
    return found.sha256;
  }
}
