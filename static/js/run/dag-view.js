// <dag-view>: the server's picture of a graph, moved by dragging, wheel and keys. Its nodes are links; the picture stands
// where it was when the server sends it anew.
const STEP = 1.25;
const kept = new Map(); // by run and place within it: the part that is looked at

class DagView extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector(".dag-picture");
    const [x, y, width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { x, y, width, height };
    this.key = `${this.dataset.run}${location.search}`;
    this.view = kept.get(this.key);
    if (this.view) this.show(this.view);
    else this.fit();
    this.svg.removeAttribute("width");
    this.svg.removeAttribute("height");
    for (const button of this.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => (button.dataset.zoom === "fit" ? this.fit() : this.zoom(button.dataset.zoom === "in" ? 1 / STEP : STEP)));
    }
    this.svg.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("keydown", (event) => this.keyed(event));
    this.addEventListener("focusin", (event) => this.bringIn(event.target.closest(".dag-node")));
    this.mark();
    document.body.addEventListener("htmx:afterSwap", (this.marked = () => this.mark()));
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:afterSwap", this.marked);
  }

  // Whole, but never larger than drawn.
  fit() {
    const { width, height } = this.svg.getBoundingClientRect();
    const scale = Math.max(this.whole.width / (width || 1), this.whole.height / (height || 1), 1);
    const [wide, high] = [width * scale, height * scale];
    this.show({ x: this.whole.x - (wide - this.whole.width) / 2, y: scale === 1 ? this.whole.y : this.whole.y - (high - this.whole.height) / 2, width: wide, height: high });
  }

  show(view) {
    this.view = view;
    kept.set(this.key, view);
    this.svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  }

  zoom(factor, at = { x: 0.5, y: 0.5 }) {
    const { x, y, width, height } = this.view;
    const most = 4 * Math.max(this.whole.width, 600);
    const wide = Math.min(Math.max(width * factor, 200), most);
    const by = wide / width;
    this.show({ x: x + at.x * width * (1 - by), y: y + at.y * height * (1 - by), width: wide, height: height * by });
  }

  wheeled(event) {
    event.preventDefault();
    const box = this.svg.getBoundingClientRect();
    this.zoom(event.deltaY > 0 ? 1.1 : 1 / 1.1, { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
  }

  grab(down) {
    if (down.button !== 0 || down.target.closest(".dag-node, a")) return;
    const start = { ...this.view };
    const { width } = this.svg.getBoundingClientRect();
    const move = (event) => {
      const scale = start.width / width;
      this.show({ ...start, x: start.x - (event.clientX - down.clientX) * scale, y: start.y - (event.clientY - down.clientY) * scale });
    };
    const drop = () => {
      this.svg.classList.remove("is-panning");
      this.svg.removeEventListener("pointermove", move);
    };
    this.svg.classList.add("is-panning");
    this.svg.setPointerCapture(down.pointerId);
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", drop, { once: true });
    this.svg.addEventListener("pointercancel", drop, { once: true });
  }

  keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pan = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (pan) this.show({ ...this.view, x: this.view.x + (pan[0] * this.view.width) / 10, y: this.view.y + (pan[1] * this.view.height) / 10 });
    else if (event.key === "+" || event.key === "=") this.zoom(1 / STEP);
    else if (event.key === "-") this.zoom(STEP);
    else if (event.key === "f") this.fit();
    else return;
    event.preventDefault();
  }

  // A node that gets the focus by Tab comes into sight.
  bringIn(node) {
    if (!node?.matches(":focus-visible")) return;
    const box = node.querySelector(".dag-box");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
    const seen = this.view;
    if (x >= seen.x && y >= seen.y && x + width <= seen.x + seen.width && y + height <= seen.y + seen.height) return;
    this.show({ ...seen, x: x + width / 2 - seen.width / 2, y: y + height / 2 - seen.height / 2 });
  }

  // The node whose panel is open.
  mark() {
    const open = document.querySelector("#step-panel [data-step]")?.dataset.step;
    for (const node of this.querySelectorAll("[data-step]")) {
      if (node.dataset.step === open) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }
}

customElements.define("dag-view", DagView);

document.addEventListener("click", (event) => {
  if (!event.target.closest("#step-panel [data-close]")) return;
  event.preventDefault();
  document.getElementById("step-panel").replaceChildren();
  for (const node of document.querySelectorAll("dag-view [aria-current]")) node.removeAttribute("aria-current");
});
