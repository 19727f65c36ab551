// A value that changes in a swap lights up once: <span data-flash="run-7-loss">0.31</span>, the key being its own.

const before = new Map();

function values(root) {
  return root.querySelectorAll ? root.querySelectorAll("[data-flash]") : [];
}

for (const element of values(document)) before.set(element.dataset.flash, element.textContent.trim());

document.body.addEventListener("htmx:afterSettle", () => {
  for (const element of values(document)) {
    const text = element.textContent.trim();
    const old = before.get(element.dataset.flash);
    before.set(element.dataset.flash, text);
    if (old === undefined || old === text) continue;
    element.classList.remove("flash");
    requestAnimationFrame(() => element.classList.add("flash"));
  }
});
