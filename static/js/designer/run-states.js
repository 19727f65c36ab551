// The states of a run on the nodes: asked again whenever the run says that something happened.
import { live } from "../live.js";
import { bodyOf, jobsOf } from "./graph.js";

const WAIT = 250;
const OVER = new Set(["completed", "failed", "canceled"]);

export function isOver(state) {
  return OVER.has(state);
}

export class RunStates {
  constructor(designer, studio) {
    Object.assign(this, { designer, studio, name: "" });
    this.onhint = () => this.soon();
    if (designer.run) this.follow(designer.run, false);
  }

  follow(run, isNew = true) {
    if (this.name) document.body.removeEventListener(this.name, this.onhint);
    this.name = `live:run-${run.id}`;
    document.body.addEventListener(this.name, this.onhint);
    this.designer.topic.dataset.topic = `run:${run.id}`;
    live.sync();
    this.designer.set({ run, ran: isNew ? this.designer.document : run.document, steps: isNew ? new Map() : this.designer.steps, peek: null });
    this.ask();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const { run } = this.designer;
    const asked = (this.asked = {});
    let found;
    try {
      found = await this.studio.steps(run.id);
    } catch {
      return;
    }
    if (asked !== this.asked) return;
    const steps = new Map();
    for (const step of found.steps ?? []) if (!step.path.includes(".") || step.path === step.name) steps.set(step.path, step);
    // A loop speaks for its body: how it stands, and what all rounds left.
    for (const [name, job] of Object.entries(jobsOf(this.designer.document))) {
      const loop = steps.get(name);
      if (loop && bodyOf(job) && !steps.has(bodyOf(job))) steps.set(bodyOf(job), loop);
    }
    const state = found.state ?? found.run?.state ?? run.state;
    if (isOver(state) && !isOver(run.state)) this.designer.say(`The run ${run.name} ${state === "completed" ? "is completed" : state === "failed" ? "failed" : "was canceled"}.`);
    this.designer.set({ steps, allSteps: found.steps ?? [], run: { ...run, state } });
  }
}
