// Runs that move while the page is open: new points are added to the lines that are there.

import { live } from "../live.js";
import { throttled } from "../run/dom.js";

const PAUSE = 350; // ms between two looks at one run that moves
const PAUSE_SEVERAL = 1000;
const MOST_TOPICS = 100;

export class LiveRuns {
  constructor(board, signal) {
    Object.assign(this, { board, signal });
    this.dirty = new Set();
    this.watched = new Set();
    this.wasHinted = false;
    document.addEventListener("visibilitychange", () => document.hidden || (this.wasHinted && this.look()), { signal });
  }

  // Listens to the runs that are not over, and to a single one whatever its state.
  watch() {
    const { runs } = this.board;
    const wanted = runs.length === 1 ? runs : runs.filter((run) => run.live).slice(0, MOST_TOPICS);
    this.hinted ??= throttled(() => this.look(), runs.length > 1 ? PAUSE_SEVERAL : PAUSE);
    const known = new Set((document.body.dataset.topics ?? "").split(/\s+/));
    const missing = wanted.map(({ id }) => `run:${id}`).filter((topic) => !known.has(topic));
    if (missing.length) {
      document.body.dataset.topics = [...known, ...missing].join(" ");
      live.sync();
    }
    for (const { id } of wanted) {
      if (this.watched.has(id)) continue;
      this.watched.add(id);
      for (const event of ["metrics", "status"]) {
        document.body.addEventListener(`live:run-${id}:${event}`, () => this.hear(id), { signal: this.signal });
      }
    }
  }

  hear(id) {
    this.dirty.add(id);
    this.hinted();
  }

  async look() {
    const { board } = this;
    if (document.hidden) {
      this.wasHinted = true;
      return;
    }
    this.wasHinted = false;
    const runs = [...this.dirty];
    this.dirty.clear();
    await board.load();
    await this.extend(runs);
  }

  // One request for what is new of all these runs in the charts that are seen; the others look when they come near.
  async extend(runs) {
    const { board } = this;
    const charts = [];
    board.eachChart((chart) => {
      if (!chart.append || !chart.series) return;
      if ((chart.isSeen || chart.isEager) && !chart.isFetching) charts.push(chart);
      else chart.isStale = true;
    });
    for (const [x, own] of Map.groupBy(charts, (chart) => chart.x)) {
      if (board.state.group) own.forEach((chart) => chart.invalidate());
      else await this.extendOn(x, own, runs);
    }
  }

  async extendOn(x, charts, runs) {
    const { board } = this;
    const steps = charts.flatMap((chart) => runs.map((run) => chart.lastStep(run))).filter((step) => step !== undefined);
    const isNew = charts.some((chart) => runs.some((run) => chart.lastStep(run) === undefined));
    const after = steps.length && !isNew ? Math.min(...steps) : "";
    try {
      const keys = [...new Set(charts.map(({ key }) => key))];
      const { found } = await board.feed.packed(keys, { ids: runs, x, buckets: 1000, after });
      const byKey = Map.groupBy(found, ({ key }) => key);
      for (const chart of charts) {
        const added = byKey.get(chart.key.replace(/^=/, "")) ?? [];
        const isWhole = after === "" ? this.replace(chart, added) : chart.append(added);
        if (isWhole) chart.draw();
        else chart.invalidate();
      }
    } catch {
      // The next hint asks again.
    }
  }

  replace(chart, lines) {
    if (chart.zoom) return chart.series.length > 0;
    const fresh = new Set(lines.map(({ run }) => run));
    chart.series = [...chart.series.filter(({ run }) => !fresh.has(run)), ...lines];
    return true;
  }
}
