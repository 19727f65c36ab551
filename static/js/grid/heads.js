// The heads of columns: the name sorts (Shift adds a key), the button opens the column's menu.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";

export class ColumnHead {
  init(params) {
    this.params = params;
    this.gui = element("div", { class: "grid-head" });
    if (params.quiet) {
      this.gui.append(element("span", { class: "visually-hidden" }, params.displayName));
      return;
    }
    this.label = element("button", { type: "button", class: "grid-head-label", tabindex: "-1", title: params.displayName }, element("span", { class: "truncate" }, params.displayName));
    this.label.addEventListener("click", (event) => params.grid.sortBy(params.spec, event.shiftKey));
    this.more = element("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm grid-head-menu", tabindex: "-1", "aria-label": `Menu of the column ${params.displayName}`, "aria-haspopup": "menu" }, icon("ellipsis-vertical"));
    this.more.addEventListener("click", () => params.grid.openColumnMenu(params.spec, this.more));
    this.gui.append(this.label, this.more);
    this.gui.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      params.grid.openColumnMenu(params.spec, this.more);
    });
    this.showOrder();
  }

  getGui() {
    return this.gui;
  }

  refresh(params) {
    if (params.spec !== this.params.spec || params.displayName !== this.params.displayName) return false;
    this.params = params;
    if (!params.quiet) this.showOrder();
    return true;
  }

  // Which way this column sorts, and as which key where there are several.
  showOrder() {
    const { at, descending, count } = this.params.grid.orderOf(this.params.spec);
    this.label.querySelectorAll(".icon, .grid-order").forEach((node) => node.remove());
    const cell = this.params.eGridHeader;
    cell?.setAttribute("aria-sort", at < 0 ? "none" : descending ? "descending" : "ascending");
    if (at < 0) return;
    this.label.append(icon(descending ? "arrow-down" : "arrow-up", "icon-sm"));
    if (count > 1) this.label.append(element("span", { class: "grid-order" }, String(at + 1)));
  }

  destroy() {}
}

// The box in the head of the first column: all runs that match.
export class SelectHead {
  init(params) {
    this.params = params;
    this.box = element("input", { type: "checkbox", class: "form-check-input", tabindex: "-1", "aria-label": "Select all runs" });
    this.box.addEventListener("change", () => params.context.selectAll(this.box.checked));
    this.gui = element("div", { class: "grid-head" }, this.box);
    this.refresh(params);
  }

  getGui() {
    return this.gui;
  }

  refresh(params) {
    const { all, some } = params.context.selection();
    this.box.checked = all;
    this.box.indeterminate = some && !all;
    return true;
  }

  destroy() {}
}
