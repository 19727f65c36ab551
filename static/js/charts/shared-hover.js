// Lets the run that is pointed at stand out among the shapes that Plotly has drawn, and hears which one is pointed at.

// Fades the shapes of other runs. `runOf` says from a shape's data whose it is.
export function markPoints(plot, selector, runOf, run) {
  const shapes = [...plot.querySelectorAll(selector)].map((node) => [node, runOf(node.__data__)]);
  const isOurs = shapes.some(([, own]) => own === run);
  for (const [node, own] of shapes) node.classList.toggle("is-faded", isOurs && own !== run);
}

// `idOf` says from a point of Plotly's event whose it is.
export function hearPoints(plot, idOf, board) {
  plot.on("plotly_hover", ({ points }) => board.focus(idOf(points[0]) ?? ""));
  plot.on("plotly_unhover", () => board.focus(""));
}
