// Small dialogs that are made when they are asked for: a form that answers its values, or null when it was closed.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";

let count = 0;

// fields: [{ name, label, value, type, hint, options: [[value, label]], maxlength, required }]
export function askForm({ title, text = "", fields, submit, danger = false }) {
  const { dialog, body, form } = frame(title, submit, danger);
  if (text) body.append(element("p", {}, text));
  body.append(...fields.map(fieldOf));
  return answer(dialog, form, () => Object.fromEntries(fields.map((field) => [field.name, valueOf(form, field)])));
}

// A choice between two values that met: answers "mine", "theirs" or null.
export function askConflict({ what, mine, theirs }) {
  const { dialog, body, form, foot } = frame(`${what} was changed meanwhile`, "Keep mine");
  body.append(
    element("p", {}, "Somebody else wrote this while you were editing. Which one shall stay?"),
    element("dl", { class: "kv" }, element("dt", {}, "Theirs"), element("dd", {}, theirs ?? "–"), element("dt", {}, "Mine"), element("dd", {}, mine ?? "–")),
  );
  foot.querySelector("[data-close]").textContent = "Keep theirs";
  return answer(dialog, form, () => "mine").then((found) => found ?? "theirs");
}

export function frame(title, submit, danger = false) {
  count += 1;
  const id = `grid-dialog-${count}`;
  const body = element("div", { class: "dialog-body stack" });
  const foot = element("div", { class: "dialog-foot" },
    element("button", { type: "button", class: "btn", "data-close": true }, "Cancel"),
    element("button", { type: "submit", class: danger ? "btn btn-danger" : "btn btn-primary" }, submit));
  const form = element("form", { method: "dialog", class: "dialog-form" }, body, foot);
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": id },
    element("div", { class: "dialog-head" }, element("h2", { id }, title),
      element("button", { type: "button", class: "btn btn-ghost btn-icon", "data-close": true, "aria-label": "Close" }, icon("x"))),
    form);
  return { dialog, body, form, foot };
}

export function answer(dialog, form, read) {
  document.body.append(dialog);
  const back = document.activeElement;
  return new Promise((resolve) => {
    let found = null;
    form.addEventListener("submit", () => (found = read()));
    dialog.addEventListener("click", (event) => (event.target === dialog || event.target.closest("[data-close]")) && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      back?.focus?.({ preventScroll: true });
      resolve(found);
    });
    dialog.showModal();
    form.querySelector("input, textarea, select")?.focus();
  });
}

function fieldOf(field) {
  const id = `grid-field-${(count += 1)}`;
  const shared = { id, name: field.name, required: field.required };
  if (field.type === "checkbox") {
    return element("label", { class: "form-check" }, element("input", { ...shared, type: "checkbox", class: "form-check-input", checked: field.value }), element("span", {}, field.label));
  }
  let control;
  if (field.options) {
    control = element("select", { ...shared, class: "form-select" }, ...field.options.map(([value, label]) => element("option", { value, selected: value === field.value }, label)));
  } else if (field.type === "textarea") {
    control = element("textarea", { ...shared, class: "form-control", rows: 6, maxlength: field.maxlength }, field.value ?? "");
  } else {
    control = element("input", { ...shared, class: "form-control", type: "text", value: field.value ?? "", maxlength: field.maxlength, autocomplete: "off", list: field.list });
  }
  const hint = field.hint ? element("p", { class: "form-hint", id: `${id}-hint` }, field.hint) : null;
  if (hint) control.setAttribute("aria-describedby", hint.id);
  return element("div", { class: "field" }, element("label", { class: "form-label", for: id }, field.label), control, hint);
}

function valueOf(form, field) {
  const control = form.elements[field.name];
  return field.type === "checkbox" ? control.checked : control.value.trim();
}
