// One wire: along its way where it has one, otherwise the plain curve. Drawn again only when one of its ends moves.
import { Flow, html, React } from "./react.js";
import { pathThrough } from "./routes.js";

const { BaseEdge, getBezierPath } = Flow;

export const WireEdge = React.memo((wire) => {
  const { sourceX, sourceY, targetX, targetY, targetPosition, data } = wire;
  const way = data?.way;
  const path = (way && pathThrough({ x: sourceX, y: sourceY }, { x: targetX, y: targetY, isSide: targetPosition === "left" }, way)) || getBezierPath(wire)[0];
  return html`<${BaseEdge} id=${wire.id} path=${path} interactionWidth=${wire.interactionWidth} />`;
});
