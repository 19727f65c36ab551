// <data-explore data-config="ID of a JSON script">: the rows of a version's table, SQL over it, charts of it.
import { ask } from "../grid/server.js";
import { chartPane } from "./explore-chart.js";
import { rowsPane } from "./explore-rows.js";
import { sqlPane } from "./explore-sql.js";

class DataExplore extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.columns = new Promise((resolve) => {
      this.tellColumns = resolve;
    });
    this.panes = { rows: rowsPane(this), sql: sqlPane(this), chart: chartPane(this) };
    this.tabs = [...this.querySelectorAll("[data-pane]")];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => {
        this.open(tab.dataset.pane);
        this.panes[tab.dataset.pane].focus?.();
      });
      tab.addEventListener("keydown", (event) => this.move(event));
    }
    this.querySelector("[data-export]").addEventListener("submit", () => {
      this.querySelector("[data-export] [name=sql]").value = this.panes[this.pane].sql?.() ?? "";
    });
    const wanted = location.hash.slice(1);
    this.open(this.panes[wanted] ? wanted : "rows");
  }

  open(name) {
    this.pane = name;
    for (const tab of this.tabs) {
      const isOn = tab.dataset.pane === name;
      tab.setAttribute("aria-selected", isOn);
      tab.tabIndex = isOn ? 0 : -1;
      this.querySelector(`#pane-${tab.dataset.pane}`).hidden = !isOn;
    }
    history.replaceState(null, "", name === "rows" ? location.pathname + location.search : `#${name}`);
    this.panes[name].open?.();
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = this.tabs[(this.tabs.indexOf(event.target) + step + this.tabs.length) % this.tabs.length];
    next.focus();
    this.open(next.dataset.pane);
  }

  ask(name, options) {
    return ask(this.config.urls[name] + (options?.query ? `?${options.query}` : ""), options);
  }
}

customElements.define("data-explore", DataExplore);
