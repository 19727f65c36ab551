// What is drawn and what is known about it: the document with its history, the selection, problems, the states of a run.
// Parts of the page read it through `subscribe`; every change of the document goes through `change`.
import { problemsOf, whyNotConnected } from "./checks.js";
import { Catalogue, partsOf, titleOf } from "./declared.js";
import { addComponent, addData, addJob, connected, disconnected, placed, removed } from "./edits.js";
import { bodyOf, has, idsOf, isData, jobsOf, nameOf, wiresOf } from "./graph.js";
import { History } from "./history.js";
import { arranged, freePlace, heightOf, sizeOf, WIDTH } from "./layout.js";
import { pasted, pieceOf, readPiece } from "./pieces.js";
import { staleSince } from "./stale.js";

const NOTHING = [];
const SHIFT = 40;

export class Designer {
  constructor(config, studio, declarations) {
    Object.assign(this, { config, studio, canEdit: config.canEdit, catalogue: new Catalogue(declarations), isKnown: declarations.length > 0 });
    Object.assign(this, { selection: new Set(), wire: "", view: "canvas", said: "", steps: new Map(), run: config.lastRun, ran: config.lastRun?.document, peek: null });
    Object.assign(this, { told: NOTHING, toldOf: null, partsMemo: new Map(), listeners: new Set(), people: NOTHING });
    this.subscribe = (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    };
    this.history = new History(this.withPlaces(config.draft.document));
  }

  get document() {
    return this.history.now;
  }

  tell() {
    for (const listener of [...this.listeners]) listener();
  }

  set(values) {
    Object.assign(this, values);
    this.tell();
  }

  // Words for the live region; the same words twice are heard twice.
  say(words) {
    this.set({ said: this.said === words ? `${words}\u00a0` : words });
  }

  // A change that can be undone. `make` gets the document and answers the next one.
  change(make, words, group = "") {
    if (!this.canEdit) return false;
    const next = make(this.document);
    if (next === this.document) return false;
    this.history.put(next, words, group);
    this.changed();
    if (!group) this.said = `${words}.`;
    this.tell();
    return true;
  }

  changed() {
    const kept = [...this.selection].filter((id) => has(this.document, id));
    if (kept.length !== this.selection.size) this.selection = new Set(kept);
    if (this.wire && !wiresOf(this.document).some((wire) => wire.id === this.wire)) this.wire = "";
    if (this.peek && !has(this.document, this.peek.node)) this.peek = null;
    this.onchange?.();
  }

  travel(way) {
    if (!this.canEdit) return;
    const words = this.history[way]();
    if (!words) return;
    this.changed();
    this.say(`${way === "undo" ? "Undone" : "Redone"}: ${words}.`);
  }

  // Somebody else's document, or one from text. One's own stays in the history.
  take(document, words) {
    this.history.jump(this.withPlaces(document), words);
    this.changed();
    this.tell();
  }

  // After the catalogue knows more: ports are read anew.
  relearn() {
    this.partsMemo.clear();
    this.problemsOf = null;
    this.tell();
  }

  // Nodes without a place get one; that alone is no change of the document.
  withPlaces(document) {
    const missing = idsOf(document).filter((id) => !Array.isArray(document.layout?.[id]));
    if (!missing.length) return document;
    const sizes = new Map(idsOf(document).map((id) => [id, sizeOf(partsOf(document, id, this.catalogue), Boolean(document.jobs[id]?.comment))]));
    if (missing.length === idsOf(document).length) return placed(document, arranged(document, sizes));
    const bottom = Math.max(...Object.values(document.layout ?? {}).map(([, y]) => y));
    return missing.reduce((next, id, index) => placed(next, { [id]: freePlace(next, [SHIFT + index * (WIDTH + SHIFT), bottom + 200]) }), document);
  }

  // What a node's ports and parameters are; the same object while its part of the document is the same.
  parts(id) {
    const about = isData(id) ? this.document.inputs[nameOf(id)] : jobsOf(this.document)[id];
    const body = isData(id) ? undefined : jobsOf(this.document)[bodyOf(about)]; // a loop gives what its body gives
    const known = this.partsMemo.get(id);
    if (known && known.about === about && known.body === body) return known.parts;
    const parts = partsOf(this.document, id, this.catalogue);
    this.partsMemo.set(id, { about, body, parts });
    return parts;
  }

  // The nodes whose states do not speak of what is drawn now.
  get stale() {
    if (this.staleOf !== this.document || this.staleRan !== this.ran) {
      Object.assign(this, { staleOf: this.document, staleRan: this.ran, staleIds: staleSince(this.document, this.ran) });
    }
    return this.staleIds;
  }

  title(id) {
    return titleOf(this.document, id, this.parts(id));
  }

  height(id) {
    return heightOf(this.parts(id), Boolean(jobsOf(this.document)[id]?.comment));
  }

  // Every problem: what can be told at once, and what the studio said of nodes that have not changed since.
  get problems() {
    if (this.problemsOf === this.document && this.problemsTold === this.told && this.problemsKnown === this.isKnown) return this.allProblems;
    const own = this.isKnown ? problemsOf(this.document, this.catalogue) : NOTHING;
    const jobs = jobsOf(this.document);
    const isAsTold = (name) => jobs[name] && jobs[name] === this.toldOf?.jobs?.[name];
    const still = this.told.filter((one) => one.code !== "no_jobs" && (!one.node || isAsTold(one.node.split(".")[0])));
    const said = new Set(still.map(about));
    const hasCycle = still.some((one) => one.code === "cycle");
    // What is wrong inside a nested pipeline stands at the node that holds it.
    const told = still.map((one) => (one.node.includes(".") ? { ...one, node: one.node.split(".")[0], sentence: `${one.node}: ${one.sentence}` } : one));
    this.allProblems = [...told, ...own.filter((one) => !said.has(about(one)) && !(hasCycle && one.code === "cycle"))];
    Object.assign(this, { problemsOf: this.document, problemsTold: this.told, problemsKnown: this.isKnown });
    const byNode = new Map();
    for (const one of this.allProblems) byNode.set(one.node, [...(byNode.get(one.node) ?? []), one]);
    this.byNode = byNode;
    return this.allProblems;
  }

  problemsAt(id) {
    return this.problems.length ? this.byNode.get(id) ?? NOTHING : NOTHING;
  }

  select(ids, wire = "") {
    const next = new Set(ids);
    const isSame = next.size === this.selection.size && [...next].every((id) => this.selection.has(id)) && wire === this.wire;
    if (!isSame) this.set({ selection: next, wire, peek: null });
  }

  get only() {
    return this.selection.size === 1 ? [...this.selection][0] : "";
  }

  add(declaration, at) {
    let made = "";
    this.change((document) => {
      const [next, name] = addComponent(document, declaration, freePlace(document, at));
      made = name;
      return next;
    }, `Added ${declaration.label || declaration.name}`);
    if (made) this.select([made]);
    return made;
  }

  // A step without a component: a branch, a loop.
  addStep(job, at, name, label) {
    let made = "";
    this.change((document) => {
      const [next, id] = addJob(document, job, freePlace(document, at), name);
      made = id;
      return next;
    }, `Added ${label}`);
    if (made) this.select([made]);
    return made;
  }

  addInput(input, at, name) {
    let made = "";
    this.change((document) => {
      const [next, id] = addData(document, input, freePlace(document, at), name);
      made = id;
      return next;
    }, `Added the data ${name}`);
    if (made) this.select([made]);
    return made;
  }

  // Why a wire can't be drawn, or "".
  whyNot(wire) {
    return whyNotConnected(this.document, wire, (id) => this.parts(id));
  }

  connect(wire) {
    const why = this.whyNot(wire);
    if (why) {
      this.refuse(why);
      return false;
    }
    return this.change((document) => connected(document, wire), `Connected ${this.title(wire.from)} with ${this.title(wire.to)}`);
  }

  refuse(why) {
    this.say(why);
    this.onrefuse?.(why);
  }

  disconnect(wire) {
    return this.change((document) => disconnected(document, wire), `Removed the wire from ${this.title(wire.from)} to ${this.title(wire.to)}`);
  }

  get chosenWire() {
    return this.wire ? wiresOf(this.document).find((wire) => wire.id === this.wire) : null;
  }

  remove() {
    if (this.chosenWire) return this.disconnect(this.chosenWire);
    const ids = [...this.selection];
    if (!ids.length) return false;
    return this.change((document) => removed(document, ids), ids.length === 1 ? `Removed ${this.title(ids[0])}` : `Removed ${ids.length} nodes`);
  }

  copied() {
    return this.selection.size ? pieceOf(this.document, [...this.selection]) : "";
  }

  paste(piece, at, words = "Pasted") {
    if (!piece) return false;
    let ids = [];
    const isDone = this.change((document) => {
      const [next, made] = pasted(document, piece, at);
      ids = made;
      return made.length ? next : document;
    }, `${words} ${Object.keys(piece.jobs).length + Object.keys(piece.layout).filter(isData).length} nodes`);
    if (isDone) this.select(ids);
    return isDone;
  }

  duplicate() {
    const text = this.copied();
    const places = [...this.selection].map((id) => this.document.layout[id]).filter(Boolean);
    if (!text || !places.length) return;
    this.paste(readPiece(text), [Math.min(...places.map(([x]) => x)) + SHIFT, Math.min(...places.map(([, y]) => y)) + SHIFT], "Duplicated");
  }

  sizes() {
    return new Map(idsOf(this.document).map((id) => [id, sizeOf(this.parts(id), Boolean(jobsOf(this.document)[id]?.comment))]));
  }

  arrange() {
    const only = this.selection.size > 1 ? this.selection : null;
    this.change((document) => placed(document, arranged(document, this.sizes(), only)), "Arranged the nodes");
  }

  move(places, group = "") {
    this.change((document) => placed(document, places), Object.keys(places).length === 1 ? `Moved ${this.title(Object.keys(places)[0])}` : `Moved ${Object.keys(places).length} nodes`, group);
  }
}

function about(problem) {
  const place = problem.port || problem.parameter;
  return `${problem.node} ${place || problem.code}`;
}
