// "Add a step" by keyboard: words, a list, Enter.
import { html, Icon, React } from "./react.js";
import { middle } from "./canvas.js";
import { declaredParts } from "./declared.js";
import { iconOf } from "./looks.js";
import { addFromPalette, CONTROL, inputOf, matching, useDataAssets } from "./palette.js";

const { useEffect, useMemo, useRef, useState } = React;
const MOST = 60;

export function AddDialog({ designer, close }) {
  const dialog = useRef(null);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const assets = useDataAssets(designer, words);
  const offers = useMemo(() => offersOf(designer, words, assets), [words, assets]);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  useEffect(() => {
    setAt(0);
  }, [words]);
  useEffect(() => {
    dialog.current.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const take = (offer) => {
    if (!offer) return;
    const made = addFromPalette(designer, offer.what, middle(designer));
    dialog.current.close();
    if (made) requestAnimationFrame(() => designer.reveal?.(made));
  };
  const key = (event) => {
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: offers.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(offers.length - 1, next)));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      take(offers[at]);
    }
  };
  return html`<dialog className="dialog palette add-dialog" ref=${dialog} aria-label="Add a step" onClose=${close} onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <div className="palette-field"><${Icon} name="search" /><input type="text" role="combobox" aria-expanded="true" aria-controls="add-list" aria-activedescendant=${offers.length ? `add-${at}` : undefined} aria-autocomplete="list" aria-label="Search components and data" placeholder="Add a component or data" autoComplete="off" value=${words} onChange=${(event) => setWords(event.target.value)} onKeyDown=${key} /></div>
    <div className="palette-list" id="add-list" role="listbox" aria-label="Components and data">${offers.map((offer, index) => html`<div key=${offer.key} id=${`add-${index}`} className="palette-item" role="option" aria-selected=${index === at} onClick=${() => take(offer)} onMouseMove=${() => index !== at && setAt(index)}><${Icon} name=${offer.icon} /><span className="truncate">${offer.label}</span><span className="muted small push">${offer.group}</span></div>`)}
      ${!offers.length && html`<p className="muted small shelf-note">Nothing fits “${words}”.</p>`}</div>
  </dialog>`;
}

function offersOf(designer, words, assets) {
  const components = matching(designer.catalogue.all, words).map((one) => ({ key: one.reference, label: one.label || one.name, group: one.category || "Registered", icon: iconOf(declaredParts(one)), what: { reference: one.reference } }));
  const data = assets.map((one) => ({ key: `data:${one.name}`, label: one.name, group: "Data", icon: "database", what: inputOf(one) }));
  const controls = CONTROL.filter((one) => `${one.label} control`.toLowerCase().includes(words.toLowerCase())).map((one) => ({ key: one.name, label: one.label, group: "Control", icon: "git-branch", what: { job: one.job, name: one.name, label: one.label } }));
  return [...components, ...data, ...controls].slice(0, MOST);
}
