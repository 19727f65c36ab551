// One node on the canvas: drawn again only when something of its own changed.
import { Flow, html, Icon, React, StepGlyph } from "./react.js";
import { inType } from "./declared.js";
import { resultAt } from "./graph.js";
import { IN_PORT } from "./references.js";
import { colourOf, iconOf, typeClass } from "./looks.js";

const { Handle, Position } = Flow;

export const StepNode = React.memo(({ id, data, selected }) => {
  const { designer, parts, job, problems, step, isStale } = data;
  const title = designer.title(id);
  const words = [parts.isMissing && "is-missing", parts.isData && "is-data", problems.length && "has-problems", selected && "is-selected", step && (isStale ? "is-stale" : `is-${step.state}`)];
  return html`<div className=${`step-card ${words.filter(Boolean).join(" ")}`} data-node=${id} data-colour=${colourOf(designer, parts)}>
    ${parts.inputs.length > 0 && html`<div className="step-ports">${parts.inputs.map((port) => html`<${Input} key=${port.name} port=${port} isBad=${problems.some((one) => one.port === port.name)} canEdit=${designer.canEdit} />`)}</div>`}
    <div className="step-head">
      ${!parts.isData && html`<${Handle} type="target" id=${IN_PORT} position=${Position.Left} className="port port-control" isConnectableStart=${false} isConnectable=${designer.canEdit} />`}
      <span className="step-icon"><${Icon} name=${iconOf(parts)} /></span>
      <span className="step-words"><strong title=${title}>${title}</strong><span title=${parts.title}>${under(id, parts, job, data.input)}</span></span>
      ${problems.length > 0 && html`<span className="step-badge" title=${problems.map((one) => one.sentence).join("\n")}><${Icon} name="triangle-alert" />${problems.length}<span className="visually-hidden"> problems</span></span>`}
      <${StepGlyph} designer=${designer} id=${id} />
    </div>
    ${job?.comment && html`<p className="step-comment" title=${job.comment}>${job.comment}</p>`}
    ${parts.outputs.length > 0 && html`<div className="step-ports is-out">${parts.outputs.map((port) => html`<${Output} key=${port.name} port=${port} result=${job ? resultAt(designer.document, id, port.name) : ""} canEdit=${designer.canEdit} step=${step} />`)}</div>`}
  </div>`;
}, isSame);

function isSame(before, after) {
  return before.data === after.data && before.selected === after.selected;
}

function under(id, parts, job, input) {
  if (parts.isData) return input?.path ?? inType(parts.outputs[0].type);
  return job.display_name || parts.isMissing ? `${parts.isMissing ? "Not here any more" : parts.title}` : id;
}

function Input({ port, isBad, canEdit }) {
  return html`<span className=${`step-port is-in ${isBad ? "is-bad" : ""}`} title=${`${port.label}: ${inType(port.type)}${port.optional ? ", optional" : ""}`}>
    <${Handle} type="target" id=${port.name} position=${Position.Top} className=${`port ${typeClass(port.type)} ${port.optional ? "is-optional" : ""}`} isConnectableStart=${false} isConnectable=${canEdit} />
    <span className="truncate">${port.label}</span></span>`;
}

function Output({ port, result, canEdit, step }) {
  const isDone = step?.state === "completed";
  return html`<span className=${`step-port is-out ${isDone ? "is-there" : ""}`} data-port=${port.name} title=${`${port.label}: ${inType(port.type)}${isDone ? ". Click to look at it" : ""}`}>
    ${result && html`<span className="step-result" title=${`Output of the pipeline: ${result}`}><${Icon} name="flag" /></span>`}
    <span className="truncate">${port.label}</span>
    <${Handle} type="source" id=${port.name} position=${Position.Bottom} className=${`port ${port.isControl ? "port-block" : typeClass(port.type)}`} isConnectable=${canEdit} /></span>`;
}
