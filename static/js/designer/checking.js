// Asks the studio what is wrong, a moment after the last change.

const WAIT = 450;

export class Checking {
  constructor(designer, studio) {
    Object.assign(this, { designer, studio, of: null });
    designer.subscribe(() => this.soon());
    this.soon();
  }

  soon() {
    if (this.of === this.designer.document) return;
    this.of = this.designer.document;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const { document } = this.designer;
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const { problems } = await this.studio.check(document, this.asked.signal);
      if (document === this.designer.document) this.designer.set({ told: problems, toldOf: document });
    } catch {
      // What can be told at once still is; the studio says all of it again before anything runs.
    }
  }
}
