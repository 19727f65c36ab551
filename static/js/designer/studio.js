// What the designer asks the studio, by the addresses of its REST interface.
import { csrfToken } from "../csrf.js";
import { ask, ServerError } from "../grid/server.js";

export class Studio {
  constructor({ urls, id }) {
    this.api = urls.api;
    this.pages = urls.pages;
    this.pipeline = `${urls.api}pipelines/${id}`;
  }

  // Every declaration of the palette.
  async components() {
    const found = [];
    let query = "?limit=200";
    while (query) {
      const answer = await ask(`${this.api}components${query}`);
      found.push(...answer.results);
      query = answer.next ? new URL(answer.next).search : ""; // behind a proxy the rest may be an address of its own
    }
    return found;
  }

  async component(reference) {
    const [, name, version] = reference.split(/[:@]/);
    return ask(`${this.api}components/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`);
  }

  async data(words) {
    return (await ask(`${this.api}data?limit=30&q=${encodeURIComponent(words)}`)).results;
  }

  check(document, signal) {
    return ask(`${this.api}pipeline-check`, { method: "POST", body: { document }, signal });
  }

  async text(document) {
    return (await ask(`${this.api}pipeline-text`, { method: "POST", body: { document } })).text;
  }

  read(text) {
    return ask(`${this.api}pipeline-text`, { method: "POST", body: { text } });
  }

  columns(document, node, port) {
    return ask(`${this.api}pipeline-columns`, { method: "POST", body: { document, node, port } });
  }

  draft() {
    return ask(`${this.pipeline}/draft`);
  }

  // Saves over the draft at this stamp, or throws ServerError with the status 412 when somebody saved since.
  async save(document, stamp) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "If-Match": `"${stamp}"` };
    let answer;
    try {
      answer = await fetch(`${this.pipeline}/draft`, { method: "PUT", headers, body: JSON.stringify({ document }), credentials: "same-origin" });
    } catch {
      throw new ServerError({ detail: "The studio could not be reached.", hint: "Your changes are kept here and saved when it answers." }, 0);
    }
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok || answer.redirected) throw new ServerError(answer.redirected ? { detail: "You are signed out. Sign in on another page, then go on here." } : found, answer.status);
    return found;
  }

  copy(name, document) {
    return ask(`${this.api}pipelines`, { method: "POST", body: { name, document } });
  }

  keep(values) {
    return ask(`${this.pipeline}/versions`, { method: "POST", body: values });
  }

  presence(body) {
    return ask(`${this.pipeline}/presence`, { method: "POST", body });
  }

  // With a key of its own, a press that is repeated by the network makes one run.
  async run(values, key) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": key };
    const answer = await fetch(`${this.pipeline}/run`, { method: "POST", headers, body: JSON.stringify(values), credentials: "same-origin" }).catch(() => null);
    if (!answer) throw new ServerError({ detail: "The studio could not be reached.", hint: "Press Run again: it starts one run only." }, 0);
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new ServerError(found, answer.status);
    return found;
  }

  stop(run) {
    return ask(`${this.api}runs/${encodeURIComponent(run)}/stop`, { method: "POST", body: {} });
  }

  steps(run) {
    return ask(`${this.api}pipeline-runs/${encodeURIComponent(run)}`);
  }

  outputAddress(run, path, port) {
    return `${this.api}pipeline-runs/${encodeURIComponent(run)}/steps/${encodeURIComponent(path)}/outputs/${encodeURIComponent(port)}`;
  }

  output(address) {
    return ask(address);
  }

  stepPage(run, path) {
    return `${this.pages}runs/${encodeURIComponent(run)}/steps/${encodeURIComponent(path)}/`;
  }

  outputPage(run, path, port) {
    return `${this.stepPage(run, path)}outputs/${encodeURIComponent(port)}/`;
  }
}
