// A word nobody else has; the browser's own maker of such is missing on pages without HTTPS.

export function randomWord() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
