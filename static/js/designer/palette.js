// Everything that can be put on the canvas: searched, by category, with the data assets of the workspace.
import { html, Icon, React, useDesigner } from "./react.js";
import { addDragged, middle, startDrag } from "./canvas.js";
import { declaredParts } from "./declared.js";
import { categoriesOf, colourOf, iconOf } from "./looks.js";

const { useEffect, useMemo, useRef, useState } = React;
const WAIT = 250;
const MOST_DATA = 30; // as many as the studio is asked for
export const CONTROL = [
  { name: "condition", label: "If / else", about: "Goes one of two ways, by a true or false value", job: { type: "if_else" } },
  { name: "for_each", label: "For each", about: "Runs a step once for every item, many at once", job: { type: "parallel_for" } },
  { name: "repeat", label: "Repeat while", about: "Runs a step again until a condition no longer holds", job: { type: "do_while", limits: { max_iteration_count: 10 } } },
];

// Those that have every word, the ones with it in their label first.
export function matching(declarations, words) {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one) => [one.label, one.name, one.category, one.description, ...(one.keywords ?? [])].join(" ").toLowerCase();
  const rank = (one) => (all.every((word) => (one.label ?? one.name).toLowerCase().includes(word)) ? 0 : 1);
  return declarations.filter((one) => all.every((word) => text(one).includes(word))).map((one) => [rank(one), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
}

export function useDataAssets(designer, words) {
  const [assets, setAssets] = useState([]);
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => designer.studio.data(words).then((found) => isOver || setAssets(found), () => {}), words ? WAIT : 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [words]);
  return assets;
}

export function inputOf(asset) {
  return { input: { type: asset.type, path: `azureml:${asset.name}@latest`, mode: "ro_mount" }, name: asset.name };
}

export function Palette({ designer }) {
  const known = useDesigner(designer, (one) => one.isKnown && one.catalogue.all.length);
  const [words, setWords] = useState("");
  const [open, setOpen] = useState(() => new Set());
  const assets = useDataAssets(designer, words);
  const list = useRef(null);
  const found = useMemo(() => matching(designer.catalogue.all, words), [words, known]);
  const groups = useMemo(() => grouped(designer, found), [found]);
  const controls = CONTROL.filter((one) => `${one.label} ${one.about} control`.toLowerCase().includes(words.toLowerCase()));
  const toggle = (name) => setOpen((before) => { const next = new Set(before); next.has(name) ? next.delete(name) : next.add(name); return next; });
  const isOpen = (name) => Boolean(words) || open.has(name);
  // Data that words find is asked for and comes late: it stands below all that may be under the hand already.
  const data = (!words || assets.length > 0) && html`<${Group} name="Data" count=${assets.length < MOST_DATA ? assets.length : `${MOST_DATA}+`} isOpen=${isOpen("Data")} toggle=${toggle} colour=${12}>
    ${assets.map((asset) => html`<${Entry} key=${asset.name} label=${asset.name} icon="database" title=${asset.description || asset.type} what=${inputOf(asset)} designer=${designer} />`)}
    ${!assets.length && html`<p className="muted small shelf-note">This workspace has no data assets yet.</p>`}
  <//>`;
  return html`<section className="designer-palette" aria-label="Components and data">
    <div className="shelf-search input-with-icon"><${Icon} name="search" /><input className="form-control form-control-sm" type="search" value=${words} placeholder="Search components and data" aria-label="Search components and data" data-filter-field="" onChange=${(event) => setWords(event.target.value)} onKeyDown=${(event) => searchKey(event, list.current)} /></div>
    <div className="shelf-groups" ref=${list} onKeyDown=${(event) => listKey(event, list.current)}>
      ${!known && html`<p className="muted small shelf-note">The components could not be read. Reload the page to try again.</p>`}
      ${!words && data}
      ${groups.map(([name, all]) => html`<${Group} key=${name} name=${name} count=${all.length} isOpen=${isOpen(name)} toggle=${toggle} colour=${colourOf(designer, { category: all[0].category || "Registered" })}>
        ${all.map((one) => html`<${Entry} key=${one.reference} label=${one.label || one.name} icon=${iconOf(declaredParts(one))} title=${one.description} badge=${one.source === "workspace" ? `v${one.version}` : ""} what=${{ reference: one.reference }} designer=${designer} />`)}
      <//>`)}
      ${controls.length > 0 && html`<${Group} name="Control" count=${controls.length} isOpen=${isOpen("Control")} toggle=${toggle} colour=${12}>
        ${controls.map((one) => html`<${Entry} key=${one.name} label=${one.label} icon="git-branch" title=${one.about} what=${{ job: one.job, name: one.name, label: one.label }} designer=${designer} />`)}
      <//>`}
      ${words && data}
      ${words && !found.length && !assets.length && !controls.length && html`<p className="muted small shelf-note">Nothing fits “${words}”. <button type="button" className="btn btn-link btn-sm" onClick=${() => setWords("")}>Clear</button></p>`}
    </div>
  </section>`;
}

function grouped(designer, found) {
  const order = categoriesOf(designer.catalogue);
  const groups = new Map();
  for (const one of found) groups.set(one.category || "Registered", [...(groups.get(one.category || "Registered") ?? []), one]);
  return [...groups].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function Group({ name, count, isOpen, toggle, colour, children }) {
  return html`<div className="shelf-group" data-colour=${colour}>
    <button type="button" className="shelf-head" aria-expanded=${isOpen} onClick=${() => toggle(name)}><${Icon} name="chevron-down" /><span className="truncate" title=${name}>${name}</span><span className="count">${count}</span></button>
    ${isOpen && html`<div className="shelf-entries">${children}</div>`}
  </div>`;
}

function Entry({ label, icon, title, badge, what, designer }) {
  const add = () => addFromPalette(designer, what);
  return html`<button type="button" className="shelf-entry" title=${title ? `${label}\n${title}` : label} draggable=${designer.canEdit} onDragStart=${(event) => startDrag(event, what)} onDoubleClick=${add} onKeyDown=${(event) => event.key === "Enter" && (event.preventDefault(), add())} aria-label=${`Add ${label}`} data-label=${label}>
    <span className="shelf-icon"><${Icon} name=${icon} /></span><span className="truncate">${label}</span>${badge && html`<span className="badge">${badge}</span>`}<${Icon} name="plus" className="shelf-add" /></button>`;
}

export function addFromPalette(designer, what, at = middle(designer)) {
  return addDragged(designer, what, at);
}

function searchKey(event, list) {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    list.querySelector(".shelf-entry, .shelf-head")?.focus();
  }
  if (event.key === "Enter") {
    event.preventDefault();
    list.querySelector(".shelf-entry")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  }
}

function listKey(event, list) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = [...list.querySelectorAll("button")];
  const next = all[all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
