// After a form came back with errors the focus goes to its summary, so that nobody has to look for what is wrong.

function focusErrors(root) {
  root.querySelector?.("[data-autofocus]")?.focus();
}

focusErrors(document);
document.body.addEventListener("htmx:afterSettle", (event) => focusErrors(event.detail.target));
