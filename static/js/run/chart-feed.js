// Fetches what charts show. Charts that ask for the same range at the same moment share one request.

import { getJSON } from "./fetching.js";

const KEYS_AT_ONCE = 12;

export class ChartFeed {
  constructor({ keysURL, pointsURL }) {
    this.keysURL = keysURL;
    this.pointsURL = pointsURL;
    this.waiting = new Map();
  }

  keys() {
    return getJSON(this.keysURL);
  }

  // The series of one key: an array with one entry per run that has the key.
  points(key, { buckets, x, zoom }) {
    const signature = [Math.ceil(buckets / 200) * 200, x, zoom ? zoom.join("~") : ""].join("|");
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setTimeout(() => this.send());
      if (!this.waiting.has(signature)) this.waiting.set(signature, []);
      this.waiting.get(signature).push({ key, resolve, reject });
    });
  }

  send() {
    const batches = this.waiting;
    this.waiting = new Map();
    for (const [signature, asked] of batches) {
      for (let at = 0; at < asked.length; at += KEYS_AT_ONCE) this.request(signature, asked.slice(at, at + KEYS_AT_ONCE));
    }
  }

  async request(signature, asked) {
    const [buckets, x, zoom] = signature.split("|");
    const address = new URL(this.pointsURL, window.location.href);
    for (const { key } of asked) address.searchParams.append("key", key);
    address.searchParams.set("buckets", buckets);
    address.searchParams.set("x", x);
    if (zoom) {
      const [low, high] = zoom.split("~");
      address.searchParams.set("min", low);
      address.searchParams.set("max", high);
    }
    try {
      const { series } = await getJSON(address);
      for (const { key, resolve } of asked) resolve(series.filter((one) => one.key === key));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
