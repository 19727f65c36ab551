// The runs picked for comparison in one workspace, kept by this browser and shared by its tabs.
import { remember, remembered } from "./storage.js";

const LIMIT = 50;

export class Basket {
  constructor(workspace) {
    this.key = `compare.${workspace}`;
  }

  ids() {
    return remembered(this.key).split(",").filter(Boolean);
  }

  set(ids) {
    remember(this.key, [...new Set(ids)].slice(0, LIMIT).join(",") || null);
    document.dispatchEvent(new CustomEvent("basketchange"));
  }

  add(ids) {
    this.set([...this.ids(), ...ids]);
  }

  remove(ids) {
    this.set(this.ids().filter((id) => !ids.includes(id)));
  }

  has(id) {
    return this.ids().includes(id);
  }
}

export const basket = new Basket(document.body.dataset.workspace ?? "");
