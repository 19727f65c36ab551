// What changes while the page is open: values of visible rows in place, new runs behind a bar. Rows never jump.
import { throttled } from "../run/dom.js";
import { ServerError } from "./server.js";

const WAIT = 1000;
const MOST = 120;

export function bindLive(grid) {
  const look = throttled(() => refresh(grid), WAIT);
  document.body.addEventListener(`live:workspace-${grid.config.workspace}:runs`, look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}

async function refresh(grid) {
  if (document.visibilityState !== "visible" || grid.busy || grid.api.getEditingCells().length) return;
  const nodes = grid.api.getRenderedNodes().filter((node) => node.data?.kind === "run").slice(0, MOST);
  grid.busy = true;
  try {
    const answer = await grid.rowsById([...new Set(nodes.map((node) => node.data.id))]);
    const rows = new Map(answer.results.map((row) => [row.id, row]));
    for (const node of nodes) put(grid, node, rows.get(node.data?.id));
    if (!answer.window) grid.reopen();
    else if (grid.count === 0 && answer.fresh) grid.reopen();
    else grid.setFresh(answer.fresh);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error; // the next hint tries again; the live chip says that the studio is away
  } finally {
    grid.busy = false;
  }
}

function put(grid, node, row) {
  const before = node.data;
  if (!row || !before || before.id !== row.id) return;
  const changed = Object.keys(row.values).filter((spec) => JSON.stringify(row.values[spec]) !== JSON.stringify(before.values[spec]));
  const isRenamed = row.name !== before.name || row.state !== before.state || row.lost !== before.lost || row.ended !== before.ended;
  if (!changed.length && !isRenamed) return;
  const { depth, children, open, context } = before;
  node.setData({ ...row, depth, children, open, context });
  if (changed.length) grid.api.flashCells({ rowNodes: [node], columns: changed });
}
