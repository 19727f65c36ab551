// The component page's own buttons.
const TEXTS = { success: "Stopped 3 runs.", error: "The run could not be stopped: the server is away." };

document.addEventListener("click", (event) => {
  const level = event.target.closest("[data-sample-toast]")?.dataset.sampleToast;
  if (level) document.dispatchEvent(new CustomEvent("toast", { detail: { level, text: TEXTS[level], action: level === "success" ? { label: "Undo", url: "#" } : null } }));
});
