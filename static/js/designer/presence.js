// Who else has this canvas open: a sign of life every ten seconds, and words of who is where.
import { html, React, useDesigner } from "./react.js";
import { randomWord } from "./random.js";

const EVERY = 10000;
const PALETTE = 8;

export class Presence {
  constructor(designer, studio) {
    Object.assign(this, { designer, studio, page: randomWord().slice(0, 8) });
    const { workspace, id } = designer.config;
    document.body.addEventListener(`live:workspace-${workspace}:pipeline-${id}-presence`, () => this.soon());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.note());
    window.addEventListener("pagehide", () => this.studio.presence({ page: this.page, is_gone: true }).catch(() => {}));
    setInterval(() => document.visibilityState === "visible" && this.note(), EVERY);
    this.note();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.note(), 300);
  }

  async note() {
    const node = (this.designer.only || "").slice(0, 255);
    try {
      const { people } = await this.studio.presence({ page: this.page, node });
      const others = people.filter((one) => one.page !== this.page);
      if (JSON.stringify(others) !== JSON.stringify(this.designer.people)) this.designer.set({ people: others });
    } catch {
      // It is no more than a courtesy: the draft's stamp guards what is saved.
    }
  }
}

export function People({ designer }) {
  const people = useDesigner(designer, (one) => one.people);
  const byName = [...new Map(people.map((one) => [one.is_you ? "You, on another page" : one.name, one])).entries()];
  if (!byName.length) return null;
  const words = (name, one) => `${name}${one.is_you ? "" : " is here"}${one.node && designer.document.jobs[one.node] ? `, at ${designer.title(one.node)}` : ""}`;
  return html`<span className="designer-people" role="group" aria-label="Also here">${byName.slice(0, 4).map(([name, one]) => html`<span key=${name} className=${`avatar avatar-${(hash(name) % PALETTE) + 1}`} title=${words(name, one)}><span aria-hidden="true">${initials(one.name)}</span><span className="visually-hidden">${words(name, one)}</span></span>`)}<span className="muted small people-words">${byName.length === 1 ? words(...byName[0]) : `${byName.length} others are here`}</span></span>`;
}

function initials(name) {
  return name.split(/[\s@.]+/).filter(Boolean).slice(0, 2).map((word) => word[0].toUpperCase()).join("");
}

function hash(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
}
