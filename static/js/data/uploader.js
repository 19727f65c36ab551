// Sends files into a datastore in parts. What was sent before a cut, a reload or a closed lid is not sent again.
import { csrfToken } from "../csrf.js";

const AT_ONCE = 3; // parts of one file that are under way
const TRIES = 6;
const LONGEST_WAIT = 30_000; // ms between two tries
const LOOK_AGAIN = 700; // ms between two looks at a file that a worker puts in its place

export class UploadError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

// `api` ends with "/workspaces/<workspace>/". `progress(sent, size)` is called as bytes arrive; abort by `signal`.
// Answers the upload as the studio tells it; throws an UploadError with one sentence.
export async function uploadFile({ api, datastore, path, file, overwrite = false, progress = () => {}, signal }) {
  const body = JSON.stringify({ path, size: file.size, overwrite });
  const upload = await ask(`${api}datastores/${encodeURIComponent(datastore)}/uploads`, { method: "POST", body, signal });
  const sent = new Map(upload.parts.map((part) => [part.number, part.size]));
  const tell = () => progress(sum(sent.values()), file.size);
  const waiting = range(1, upload.part_count).filter((number) => !sent.has(number));
  tell();
  const lane = async () => {
    for (let number = waiting.shift(); number; number = waiting.shift()) {
      await sendPart({ api, upload, number, file, signal, sent, tell });
    }
  };
  await Promise.all(range(1, AT_ONCE).map(lane));
  return finished(api, upload, signal);
}

export function cancelUpload(api, id) {
  return ask(`${api}uploads/${id}`, { method: "DELETE" }).catch(() => null);
}

async function sendPart({ api, upload, number, file, signal, sent, tell }) {
  const start = (number - 1) * upload.part_bytes;
  const piece = file.slice(start, Math.min(start + upload.part_bytes, file.size));
  const headers = { "Content-Type": "application/octet-stream" };
  const digest = await sha256(piece);
  if (digest) headers["X-Content-SHA256"] = digest;
  await ask(`${api}uploads/${upload.id}/parts/${number}`, { method: "PUT", body: piece, headers, signal });
  sent.set(number, piece.size);
  tell();
}

async function finished(api, upload, signal) {
  let found = await ask(`${api}uploads/${upload.id}/complete`, { method: "POST", body: "{}", signal });
  while (found.state === "publishing") {
    await pause(LOOK_AGAIN, signal);
    found = await ask(`${api}uploads/${upload.id}`, { signal });
  }
  if (found.state !== "done") throw new UploadError(found.problem || "The file could not be put in its place.");
  return found;
}

// A request that is tried again while the studio is away or busy; what it refuses is final.
async function ask(address, options = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(address, options);
    } catch (error) {
      if (error.name === "AbortError" || (error.status && error.status < 500 && error.status !== 429) || error.status === 507 || attempt === TRIES) throw error;
      await pause(Math.min(LONGEST_WAIT, 2 ** attempt * 250 * (0.5 + Math.random())), options.signal);
    }
  }
}

async function once(address, { method = "GET", body, headers = {}, signal }) {
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRFToken"] = csrfToken();
  if (body && !sent["Content-Type"]) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method, body, headers: sent, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new UploadError("The studio could not be reached.");
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new UploadError(problem.detail || problem.title || `The studio answered ${answer.status}.`, answer.status);
}

// The SHA-256 of a piece; browsers compute it on https and localhost alone, elsewhere the length must do.
async function sha256(piece) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(new DOMException("Stopped", "AbortError"))), { once: true });
  });
}

const range = (first, last) => Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
const sum = (values) => [...values].reduce((total, value) => total + value, 0);
