// The draft on the studio: saved a moment after each change, over the one it was read with and no other.

const WAIT = 700;
const AGAIN = 5000;

export class Draft {
  constructor(designer, studio) {
    const { draft } = designer.config;
    Object.assign(this, { designer, studio, stamp: draft.stamp, savedBy: draft.saved_by, savedAt: draft.saved_at, state: "saved", kept: designer.document, error: null });
    designer.onchange = () => this.changed();
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.isDirty && this.save());
  }

  get isDirty() {
    return this.designer.document !== this.kept && this.designer.canEdit;
  }

  changed() {
    if (this.state === "conflict") return;
    clearTimeout(this.timer);
    if (!this.isDirty) {
      if (!this.saving) this.tell("saved"); // undone before it was saved
      return;
    }
    this.tell("unsaved");
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  // Answers when what is drawn now is saved, or can't be: look at `state`.
  async save() {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (!this.isDirty || this.state === "conflict") return;
    this.saving = this.send();
    await this.saving;
    if (this.state === "unsaved") await this.save();
  }

  async send() {
    const sent = this.designer.document;
    this.tell("saving");
    try {
      const saved = await this.studio.save(sent, this.stamp);
      Object.assign(this, { stamp: saved.stamp, savedBy: saved.saved_by, savedAt: saved.saved_at, kept: sent });
      this.saving = null;
      this.tell(this.isDirty ? "unsaved" : "saved");
    } catch (error) {
      this.saving = null;
      this.failed(error);
    }
  }

  failed(error) {
    if (error.status === 412) {
      this.tell("conflict", error);
      return;
    }
    this.tell("failed", error);
    if (!error.status || error.status >= 500) this.timer = setTimeout(() => this.save(), AGAIN);
  }

  // A hint that somebody saved. What is drawn here and not saved stays; without such the canvas shows theirs.
  async heard() {
    if (this.saving || this.state === "conflict") return;
    const draft = await this.studio.draft().catch(() => null);
    if (!draft || draft.stamp <= this.stamp || this.saving) return;
    if (this.isDirty) {
      this.save(); // answered by 412, which asks what shall be
      return;
    }
    this.accept(draft, `${draft.saved_by || "Somebody"} changed the pipeline`);
  }

  accept(draft, words) {
    clearTimeout(this.timer);
    Object.assign(this, { stamp: draft.stamp, savedBy: draft.saved_by, savedAt: draft.saved_at, state: "saved", error: null });
    const edit = this.designer.onchange;
    this.designer.onchange = null;
    this.designer.take(draft.document, words);
    this.designer.onchange = edit;
    this.kept = this.designer.document;
    this.tell("saved");
    this.designer.say(`${words}.`);
  }

  async takeTheirs() {
    this.accept(await this.studio.draft(), "Took the saved pipeline");
  }

  // One's own drawing as a pipeline of its own; answers its address.
  async keepAsCopy(name) {
    const made = await this.studio.copy(name, this.designer.document);
    this.kept = this.designer.document;
    return made.url;
  }

  tell(state, error = null) {
    Object.assign(this, { state, error });
    this.designer.tell();
  }
}
