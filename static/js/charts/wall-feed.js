// Fetches what a wall of charts shows. Charts that ask for the same at the same moment share one packed answer.

import { FetchError, getJSON } from "../run/fetching.js";
import { bandsOf, linesOf, unpack } from "./packed.js";

const LINES_AT_ONCE = 400; // in one answer: several small ones let drawing begin while the rest is read

export class WallFeed {
  constructor({ catalogueURL, linesURL, valuesURL }) {
    Object.assign(this, { catalogueURL, linesURL, valuesURL });
    this.waiting = new Map();
    this.ids = [];
  }

  catalogue(query, wanted) {
    const address = new URL(this.catalogueURL, window.location.href);
    for (const [name, value] of new URLSearchParams(query)) address.searchParams.append(name, value);
    for (const field of wanted) address.searchParams.append("with", field);
    return getJSON(address);
  }

  values(fields) {
    const address = new URL(this.valuesURL, window.location.href);
    address.searchParams.set("ids", this.ids.join(","));
    for (const field of fields) address.searchParams.append("field", field);
    return getJSON(address);
  }

  // The lines of one key (or expression), or with `group` its bands and their groups.
  lines(key, options) {
    const signature = JSON.stringify(options);
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setTimeout(() => this.send());
      if (!this.waiting.has(signature)) this.waiting.set(signature, []);
      this.waiting.get(signature).push({ key, resolve, reject });
    });
  }

  send() {
    const batches = this.waiting;
    this.waiting = new Map();
    const most = Math.max(1, Math.floor(LINES_AT_ONCE / Math.max(1, this.ids.length)));
    for (const [signature, asked] of batches) {
      const keys = [...new Set(asked.map(({ key }) => key))];
      const metrics = keys.filter((key) => !isExpression(key));
      // Expressions go by themselves: one that can't be read spoils no other chart.
      const parts = keys.filter(isExpression).map((key) => new Set([key]));
      for (let at = 0; at < metrics.length; at += most) parts.push(new Set(metrics.slice(at, at + most)));
      for (const part of parts) {
        this.request(JSON.parse(signature), asked.filter(({ key }) => part.has(key)));
      }
    }
  }

  async request(options, asked) {
    try {
      const { found, groups } = await this.packed([...new Set(asked.map(({ key }) => key))], options);
      const byKey = Map.groupBy(found, ({ key }) => key);
      for (const { key, resolve } of asked) resolve({ lines: byKey.get(plainKey(key)) ?? [], groups });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  // Lines of several keys in one answer; `ids` are the runs, all of the page's by default.
  async packed(keys, { ids = this.ids, ...options }) {
    const address = new URL(this.linesURL, window.location.href);
    const query = address.searchParams;
    query.set("ids", ids.join(","));
    for (const key of keys) query.append(isExpression(key) ? "expression" : "key", plainKey(key));
    for (const [name, value] of Object.entries(options)) if (value !== "" && value !== null && value !== undefined) query.set(name, value);
    const answer = unpack(await getBuffer(address));
    return answer.header.bands ? { found: bandsOf(answer), groups: answer.header.groups } : { found: linesOf(answer), groups: null };
  }
}

// An expression's key begins with `=`, as in a spreadsheet.
export function isExpression(key) {
  return key.startsWith("=");
}

function plainKey(key) {
  return isExpression(key) ? key.slice(1) : key;
}

async function getBuffer(address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  } catch {
    throw new FetchError("The studio could not be reached.");
  }
  if (answer.redirected) throw new FetchError("You are signed out. Reload the page to sign in.");
  if (answer.ok) return answer.arrayBuffer();
  const problem = await answer.json().catch(() => ({}));
  throw new FetchError([problem.detail || problem.title || `The studio answered ${answer.status}.`, problem.hint].filter(Boolean).join(" "));
}
