// <pipeline-designer data-config="ID of a JSON script">: the canvas of a pipeline.
import { html, mount } from "./react.js";
import { Checking } from "./checking.js";
import { Designer } from "./designer.js";
import { Draft } from "./draft.js";
import { bindKeys } from "./keys.js";
import { openDesigner, Page } from "./page.js";
import { Presence } from "./presence.js";
import { RunStates } from "./run-states.js";
import { Studio } from "./studio.js";

class PipelineDesigner extends HTMLElement {
  async connectedCallback() {
    if (this.designer) return;
    const config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    const studio = new Studio(config);
    const declarations = await openDesigner(() => studio.components());
    const designer = (this.designer = new Designer(config, studio, declarations));
    await openDesigner(() => this.learnOld(designer, studio));
    const draft = new Draft(designer, studio);
    this.topic = document.createElement("span");
    Object.assign(designer, { place: this, topic: this.topic });
    const root = document.createElement("div");
    root.className = "designer-root";
    this.replaceChildren(root, this.topic);
    const states = new RunStates(designer, studio);
    const slots = { state: document.querySelector('[data-slot="state"]'), actions: document.querySelector('[data-slot="actions"]') };
    // Drawn is not yet ready: a key that comes before needs what the page gives the designer.
    await new Promise((drawn) => {
      designer.onready = drawn;
      mount(root, html`<${Page} designer=${designer} draft=${draft} states=${states} slots=${slots} />`);
    });
    bindKeys(designer, draft);
    new Checking(designer, studio);
    if (config.canEdit) new Presence(designer, studio);
    document.body.addEventListener(`live:workspace-${config.workspace}:pipeline-${config.id}`, () => draft.heard());
    this.dataset.ready = "";
  }

  // Components at a version that is not the newest one, which the palette does not offer.
  async learnOld(designer, studio) {
    const references = new Set(Object.values(designer.document.jobs ?? {}).map((job) => job.component).filter((one) => typeof one === "string" && one.startsWith("azureml:") && !designer.catalogue.find(one)));
    for (const reference of references) {
      const found = await studio.component(reference).catch(() => null);
      if (found) designer.catalogue.know(found.declaration ?? found, reference);
    }
    designer.relearn();
  }
}

customElements.define("pipeline-designer", PipelineDesigner);
