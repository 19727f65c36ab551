// What is asked before a run starts: the pipeline's inputs, where, under which name. Refused ones say every problem.
import { html, Icon, React } from "./react.js";
import { literalParameter } from "./declared.js";
import { dataInputs, literalInputs } from "./graph.js";
import { randomWord } from "./random.js";
import { inputType } from "./references.js";

const { useEffect, useRef, useState } = React;
const WHICH = { one: "Only", from: "From", upto: "Up to" };

export function RunDialog({ designer, draft, states, only, close }) {
  const { document, config } = designer;
  const dialog = useRef(null);
  const key = useRef("");
  if (!key.current) key.current = randomWord();
  const [values, setValues] = useState({});
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const set = (name, value) => setValues((before) => ({ ...before, [name]: value }));
  const start = async (event) => {
    event.preventDefault();
    const form = event.target.elements;
    setBusy(true);
    setProblem(null);
    try {
      await draft.save();
      if (draft.state !== "saved") throw draft.error ?? new Error("The draft is not saved yet. Try again in a moment.");
      const run = await designer.studio.run({ inputs: given(document, values), stamp: draft.stamp, experiment: form.experiment.value.trim(), name: form.name.value.trim(), compute: form.compute.value, is_forced: form.forced.checked || null, only: only ?? null }, key.current);
      states.follow(run);
      designer.say(`The run ${run.name} has begun.`);
      dialog.current.close();
    } catch (error) {
      key.current = randomWord();
      setProblem(error);
      setBusy(false);
    }
  };
  const problems = (problem?.problem?.errors ?? []).map(({ field, message }) => {
    const node = /^jobs\.([\w-]+)/.exec(field ?? "")?.[1] ?? "";
    return { node, sentence: message.replace(`${node}: `, "") };
  });
  return html`<dialog className="dialog" ref=${dialog} aria-labelledby="run-title" onClose=${close}>
    <div className="dialog-head"><h2 id="run-title">${only ? `${WHICH[only.which]} ${designer.title(only.node)}` : "Run the pipeline"}</h2><button className="btn btn-ghost btn-icon" type="button" aria-label="Close" onClick=${() => dialog.current.close()}><${Icon} name="x" /></button></div>
    <form onSubmit=${start}><div className="dialog-body">
      ${problem && html`<div className="banner banner-danger run-problem" role="alert"><${Icon} name="circle-alert" /><div><strong>${problems.length ? `Nothing was started: ${problems.length === 1 ? "a problem has" : `${problems.length} problems have`} to be mended first.` : problem.message}</strong>${!problems.length && problem.hint && html`<p>${problem.hint}</p>`}${problems.length > 0 && html`<ul>${problems.slice(0, 12).map((one, index) => html`<li key=${index}>${one.node && designer.document.jobs[one.node] ? html`<button type="button" className="btn btn-link btn-sm" onClick=${() => { designer.select([one.node]); designer.reveal?.(one.node); dialog.current.close(); }}>${designer.title(one.node)}</button>` : ""} ${one.sentence}</li>`)}</ul>`}</div></div>`}
      ${[...literalInputs(document), ...dataInputs(document)].map((name) => html`<${InputField} key=${name} designer=${designer} name=${name} value=${values[name]} set=${(value) => set(name, value)} />`)}
      <${Field} label="Experiment" name="experiment" placeholder=${document.experiment_name || config.name} /><${Field} label="Name of the run" name="name" placeholder="One is made up" />
      <div className="field"><label className="form-label" htmlFor="run-compute">Compute</label><select className="form-select" id="run-compute" name="compute"><option value="">${document.settings?.default_compute || "As the pipeline says"}</option>${config.compute.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select></div>
      <label className="form-check"><input className="form-check-input" type="checkbox" name="forced" /><span>Run every step anew, take over nothing</span></label>
    </div><div className="dialog-foot"><button className="btn" type="button" onClick=${() => dialog.current.close()}>Cancel</button><button className="btn btn-primary" type="submit" disabled=${isBusy}>${isBusy ? html`<span className="spinner-now" aria-hidden="true"></span>` : html`<${Icon} name="play" />`}${isBusy ? "Starting" : "Run"}</button></div></form>
  </dialog>`;
}

function Field({ label, name, placeholder }) {
  return html`<div className="field"><label className="form-label" htmlFor=${`run-${name}`}>${label}</label><input className="form-control" id=${`run-${name}`} name=${name} type="text" maxLength="255" autoComplete="off" placeholder=${placeholder} /></div>`;
}

function InputField({ designer, name, value, set }) {
  const input = designer.document.inputs[name];
  const one = literalParameter(name, input);
  const id = `run-input-${name}`;
  const standing = input?.path ?? one.default;
  const type = inputType(input);
  const label = html`<label className="form-label" htmlFor=${id}>${name}${standing === undefined && !one.optional ? "" : html` <span className="optional">(optional)</span>`}</label>`;
  if (type === "boolean" || one.kind === "choice") {
    const options = type === "boolean" ? [["true", "Yes"], ["false", "No"]] : one.choices.map((each) => [each, each]);
    return html`<div className="field">${label}<select className="form-select" id=${id} value=${value ?? ""} onChange=${(event) => set(event.target.value || undefined)}><option value="">${standing === undefined ? "Choose …" : `${standing}`}</option>${options.map(([each, words]) => html`<option key=${each} value=${each}>${words}</option>`)}</select></div>`;
  }
  return html`<div className="field">${label}<input className="form-control" id=${id} type="text" autoComplete="off" placeholder=${standing ?? ""} value=${value ?? ""} onChange=${(event) => set(event.target.value || undefined)} /></div>`;
}

// Only what was filled in; data as data, numbers as numbers.
function given(document, values) {
  const found = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const type = inputType(document.inputs[name]);
    if (dataInputs(document).includes(name)) found[name] = { ...document.inputs[name], path: value };
    else if (type === "boolean") found[name] = value === "true";
    else found[name] = (type === "number" || type === "integer") && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return found;
}
