// What the grid asks the studio. Every answer is JSON; what goes wrong becomes an error with one sentence.
import { csrfToken } from "../csrf.js";

export class ServerError extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || `The studio answered ${status}.`);
    this.problem = problem;
    this.status = status;
    this.code = problem.code ?? "";
    this.hint = problem.hint ?? "";
  }
}

export async function ask(address, { method = "GET", body, signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError({ detail: "The studio could not be reached.", hint: "It is tried again when you scroll or reload." }, 0);
  }
  if (answer.status === 204) return null;
  const found = await answer.json().catch(() => ({}));
  if (answer.ok && !answer.redirected) return found;
  if (answer.redirected || answer.status === 401) throw new ServerError({ detail: "You are signed out. Reload the page to sign in." }, 401);
  throw new ServerError(found, answer.status);
}

export function toast(text, level = "success", action = undefined) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { level, text, action } }));
}

export function fail(error) {
  if (error.name === "AbortError") return;
  toast([error.message, error.hint].filter(Boolean).join(" "), "error");
}
