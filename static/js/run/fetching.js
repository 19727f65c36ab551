// Asks the studio for JSON; what goes wrong becomes one sentence.

export class FetchError extends Error {}

export async function getJSON(address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  } catch {
    throw new FetchError("The studio could not be reached.");
  }
  if (answer.ok && !answer.redirected) return answer.json();
  if (answer.redirected) throw new FetchError("You are signed out. Reload the page to sign in.");
  const problem = await answer.json().catch(() => ({}));
  throw new FetchError(problem.detail || problem.title || `The studio answered ${answer.status}.`);
}
