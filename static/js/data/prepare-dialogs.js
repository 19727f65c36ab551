// Save, versions, code, run: each a dialog of the page that asks the studio.
import { ask, fail, toast } from "../grid/server.js";
import { element } from "../run/dom.js";

export class Dialogs {
  constructor(page) {
    this.page = page;
    for (const [name, open] of Object.entries({ save: this.openSave, versions: this.openVersions, code: this.openCode, run: this.openRun })) {
      const dialog = page.querySelector(`[data-dialog="${name}"]`);
      if (!dialog) continue;
      this[name] = dialog;
      for (const button of document.querySelectorAll(`[data-open="${name}"]`)) button.addEventListener("click", () => open.call(this));
    }
    this.save?.querySelector("form").addEventListener("submit", (event) => this.sent(event, () => this.saved()));
    this.run?.querySelector("form").addEventListener("submit", (event) => this.sent(event, () => this.ran()));
    for (const button of this.code.querySelectorAll("[data-to]")) button.addEventListener("click", () => this.showCode(button.dataset.to));
  }

  // A form of a dialog at work: its button waits, what is refused stands in it.
  async sent(event, work) {
    event.preventDefault();
    const dialog = event.target.closest("dialog");
    const button = dialog.querySelector("[type=submit]");
    const problem = dialog.querySelector("[data-problem]");
    problem.hidden = true;
    button.disabled = true;
    try {
      await this.page.draft.save();
      if (this.page.draft.error) throw this.page.draft.error;
      await work();
      dialog.close();
    } catch (error) {
      problem.textContent = [error.message, error.hint].filter(Boolean).join(" ");
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  openSave() {
    const { draft, table } = this.page;
    this.save.querySelector("[data-problem]").hidden = true;
    this.save.querySelector("[data-about]").textContent = `Version ${this.page.lastVersion + 1}: ${draft.steps.length} step${draft.steps.length === 1 ? "" : "s"} over ${draft.source}${table ? `, ${table.columns.length} columns in the sample` : ""}. A version never changes.`;
    this.save.querySelector("[name=note]").value = "";
    this.save.showModal();
  }

  async saved() {
    const note = this.save.querySelector("[name=note]").value.trim();
    const version = await ask(this.page.config.urls.versions, { method: "POST", body: { note, stamp: this.page.draft.stamp } });
    this.page.tookVersion(version.number);
    toast(`Version ${version.number} is saved.`);
  }

  async openVersions() {
    const list = this.versions.querySelector("[data-list]");
    list.replaceChildren(element("li", { class: "muted" }, "Loading …"));
    this.versions.showModal();
    try {
      const { results } = await ask(`${this.page.config.urls.versions}?limit=200`);
      list.replaceChildren(...results.map((version) => this.version(version)));
      if (!results.length) list.append(element("li", { class: "muted" }, "Nothing is saved yet. Save the draft to keep what it is now."));
    } catch (error) {
      list.replaceChildren(element("li", { class: "form-error" }, error.message));
    }
  }

  version(version) {
    const at = new Date(version.created_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const words = element("span", { class: "version-words" }, element("strong", {}, `Version ${version.number}`), element("span", { class: "muted small" }, `${at}${version.created_by ? ` by ${version.created_by}` : ""} · ${version.steps.length} step${version.steps.length === 1 ? "" : "s"} · ${version.source}`), version.note ? element("span", {}, version.note) : null);
    const button = this.page.canEdit ? element("button", { type: "button", class: "btn btn-sm", onclick: () => this.restore(version) }, "Restore") : null;
    return element("li", {}, words, button);
  }

  async restore(version) {
    try {
      await this.page.draft.save();
      const draft = await ask(`${this.page.config.urls.versions}/${version.number}/restore`, { method: "POST", body: { stamp: this.page.draft.stamp } });
      this.versions.close();
      this.page.take(draft);
      toast(`Version ${version.number} is the draft again.`);
    } catch (error) {
      fail(error);
    }
  }

  async openCode() {
    this.code.showModal();
    await this.showCode("polars");
  }

  async showCode(to) {
    for (const button of this.code.querySelectorAll("[data-to]")) button.setAttribute("aria-pressed", button.dataset.to === to);
    const place = this.code.querySelector("code");
    place.textContent = "Writing …";
    try {
      await this.page.draft.save();
      const answer = await ask(`${this.page.config.urls.code}?to=${to}`);
      place.textContent = answer.code;
    } catch (error) {
      place.textContent = [error.message, error.hint].filter(Boolean).join(" ");
    }
  }

  openRun() {
    this.run.querySelector("[data-problem]").hidden = true;
    this.run.showModal();
  }

  async ran() {
    const form = this.run.querySelector("form");
    const body = { output: form.elements.output.value.trim(), stamp: this.page.draft.stamp };
    const answer = await ask(this.page.config.urls.run, { method: "POST", body });
    if (answer.version) this.page.tookVersion(answer.version);
    toast(`${answer.name} carries it out.`, "success", { label: "Open the run", url: answer.url });
  }
}
