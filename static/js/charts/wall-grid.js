// The door to the runs table beside: what is hovered, hidden or chosen there shows here, and the other way round.

export class GridDoor {
  constructor(board, signal) {
    this.board = board;
    this.hidden = new Set();
    if (!("follow" in board.dataset)) return;
    const on = (name, work) => document.body.addEventListener(name, (event) => work(event.detail ?? {}), { signal });
    on("grid-hover", ({ run }) => board.focus(run ?? "", false));
    on("grid-visibility", (detail) => this.show(detail));
    on("grid-selection", ({ runs }) => this.emphasise(runs ?? []));
  }

  hides(id) {
    return this.hidden.has(id);
  }

  // `runs` are those the table shows in charts, in its order; `hidden` the ones whose eye is off.
  show({ runs, hidden }) {
    this.hidden = new Set(hidden ?? []);
    const wanted = runs?.filter((id) => !this.hidden.has(id));
    const { board } = this;
    if (!wanted || wanted.every((id) => board.byId?.has(id)) && wanted.length + this.hidden.size >= board.runs.length) {
      board.redraw();
      return;
    }
    const scope = board.dataset.scope ? { scope: board.dataset.scope } : {};
    board.query = new URLSearchParams({ ids: wanted.join(","), ...scope }).toString();
    board.load().then(() => board.refetch());
  }

  emphasise(runs) {
    if (runs.length === 1) this.board.focus(runs[0], false);
    else this.board.focus("", false);
  }
}
