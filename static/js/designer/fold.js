// A part of a panel that folds.
import { html } from "./react.js";

export function Fold({ title, isOpen = false, children }) {
  return html`<details className="panel-fold" open=${isOpen}><summary>${title}</summary><div className="panel-fold-body">${children}</div></details>`;
}
