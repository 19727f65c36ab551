// Somebody saved meanwhile: nothing is overwritten before one says what shall be.
import { html, Icon, React } from "./react.js";
import { fail } from "../grid/server.js";
import { absolute } from "../times.js";

const { useState } = React;

export function Conflict({ designer, draft }) {
  const [isBusy, setBusy] = useState(false);
  const { by, at } = draft.error?.problem ?? {};
  const when = at ? absolute(new Date(at)) : "meanwhile";
  const doing = (work) => async () => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      fail(error);
    }
    setBusy(false);
  };
  const copy = doing(async () => {
    location.href = await draft.keepAsCopy(`${designer.config.name} (my copy ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })})`);
  });
  return html`<div className="banner banner-warning designer-conflict" role="alert"><${Icon} name="triangle-alert" /><span><strong>${by || "Somebody"} saved this pipeline ${at ? `at ${when}` : when}.</strong> What you drew since is not saved. Nothing was overwritten.</span>
    <span className="push row-line"><button type="button" className="btn btn-sm" disabled=${isBusy} onClick=${doing(() => draft.takeTheirs())}>Take theirs</button><button type="button" className="btn btn-sm btn-primary" disabled=${isBusy} onClick=${copy}>Keep mine as a copy</button></span></div>`;
}
