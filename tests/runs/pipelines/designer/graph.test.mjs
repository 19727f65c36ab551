// The designer's model of a document, without a browser: run by test_graph.py.
import assert from "node:assert/strict";
import test from "node:test";
import * as edits from "./js/edits.js";
import * as graph from "./js/graph.js";
import { problemsOf } from "./js/checks.js";
import { Catalogue, counts, misfit, partsOf } from "./js/declared.js";
import { History } from "./js/history.js";
import { arranged, freePlace, sizeOf, WIDTH } from "./js/layout.js";
import { pasted, pieceOf, readPiece } from "./js/pieces.js";
import { namesIn, picked, readRule, writeRule } from "./js/rules.js";

const TABLE = { type: "Dataset", label: "Dataset" };
const catalogue = new Catalogue([
  { name: "split_data", reference: "atelier:split_data:1", label: "Split Data", inputs: { dataset: TABLE }, outputs: { results_dataset1: TABLE, results_dataset2: TABLE }, parameters: { fraction_of_rows: { kind: "number", label: "Fraction of rows", default: 0.5, minimum: 0, maximum: 1 } } },
  { name: "linear_regression", reference: "atelier:linear_regression:1", label: "Linear Regression", inputs: {}, outputs: { untrained_model: { type: "UntrainedModel", label: "Untrained model" } }, parameters: {} },
  { name: "train_model", reference: "atelier:train_model:1", label: "Train Model", inputs: { untrained_model: { type: "UntrainedModel", label: "Untrained model" }, dataset: TABLE }, outputs: { trained_model: { type: "TrainedModel" } }, parameters: { label_column: { kind: "column", label: "Label column", port: "dataset" } } },
]);

function drawn() {
  let document = graph.emptyDocument();
  let names = [];
  for (const [index, name] of ["split_data", "linear_regression", "train_model"].entries()) {
    let made;
    [document, made] = edits.addComponent(document, catalogue.find(`atelier:${name}:1`), [index * 100, 0]);
    names.push(made);
  }
  document = edits.connected(document, { from: "split_data", fromPort: "results_dataset1", to: "train_model", toPort: "dataset" });
  document = edits.connected(document, { from: "linear_regression", fromPort: "untrained_model", to: "train_model", toPort: "untrained_model" });
  return [document, names];
}

test("nodes are added under free names and wires are read from their inputs", () => {
  let [document, names] = drawn();
  assert.deepEqual(names, ["split_data", "linear_regression", "train_model"]);
  [document] = edits.addComponent(document, catalogue.find("atelier:split_data:1"), [0, 0]);
  assert.ok(graph.has(document, "split_data_2"));
  assert.deepEqual(graph.wiresOf(document).map((wire) => wire.id), ["split_data.results_dataset1>train_model.dataset", "linear_regression.untrained_model>train_model.untrained_model"]);
  assert.equal(document.jobs.train_model.inputs.dataset, "${{parent.jobs.split_data.outputs.results_dataset1}}");
});

test("every binding follows a new name, a nested pipeline's own names do not", () => {
  let [document] = drawn();
  document.jobs.branch = { type: "if_else", condition: "${{parent.jobs.split_data.outputs.ok}}", true_block: "${{parent.jobs.train_model}}" };
  document.jobs.inner = { type: "pipeline", component: { jobs: { a: { inputs: { x: "${{parent.jobs.split_data.outputs.y}}" } } } }, inputs: {} };
  const next = edits.renamedNode(document, "split_data", "cut");
  assert.equal(next.jobs.train_model.inputs.dataset, "${{parent.jobs.cut.outputs.results_dataset1}}");
  assert.equal(next.jobs.branch.condition, "${{parent.jobs.cut.outputs.ok}}");
  assert.equal(next.jobs.inner.component.jobs.a.inputs.x, "${{parent.jobs.split_data.outputs.y}}");
  assert.deepEqual(Object.keys(next.jobs)[0], "cut");
  assert.deepEqual(next.layout.cut, document.layout.split_data);
  assert.match(graph.nameProblem(document, "split_data", "train_model"), /already/);
  assert.match(graph.nameProblem(document, "split_data", "No Good"), /small letters/);
});

test("a removed node takes its wires and the pipeline's outputs along", () => {
  let [document] = drawn();
  document = edits.withResult(document, "split_data", "results_dataset2", "Dataset", "rest");
  document.jobs.branch = { type: "if_else", condition: "x", true_block: "${{parent.jobs.split_data}}" };
  const next = edits.removed(document, ["split_data"]);
  assert.deepEqual(Object.keys(next.jobs), ["linear_regression", "train_model", "branch"]);
  assert.deepEqual(next.jobs.train_model.inputs, { untrained_model: "${{parent.jobs.linear_regression.outputs.untrained_model}}" });
  assert.equal(next.jobs.branch.true_block, undefined);
  assert.deepEqual(next.outputs, {});
  assert.ok(document.jobs.split_data, "the document before is as it was");
});

test("what is copied goes into another pipeline under names that are free there", () => {
  let [document] = drawn();
  [document] = edits.addData(document, { type: "uri_file", path: "azureml:cars@latest" }, [0, 300], "cars");
  document = edits.connected(document, { from: "inputs.cars", fromPort: "data", to: "split_data", toPort: "dataset" });
  const text = pieceOf(document, ["inputs.cars", "split_data", "train_model"]);
  const [same, ids] = pasted(document, readPiece(text), [500, 500]);
  assert.deepEqual(ids, ["inputs.cars_2", "split_data_2", "train_model_2"]);
  assert.equal(same.jobs.train_model_2.inputs.dataset, "${{parent.jobs.split_data_2.outputs.results_dataset1}}");
  assert.equal(same.jobs.train_model_2.inputs.untrained_model, "${{parent.jobs.linear_regression.outputs.untrained_model}}");
  assert.equal(same.jobs.split_data_2.inputs.dataset, "${{parent.inputs.cars_2}}");
  assert.deepEqual(same.layout.split_data_2, [500, 500]);
  const [other] = pasted(graph.emptyDocument(), readPiece(text), [0, 0]);
  assert.deepEqual(Object.keys(other.jobs.train_model.inputs), ["dataset"]);
  assert.equal(readPiece("no json"), null);
});

test("ports meet by their types, and say why they do not", () => {
  const of = (type) => ({ type, label: type });
  for (const [from, to] of [["Dataset", "Dataset"], ["uri_file", "Dataset"], ["Dataset", "mltable"], ["TrainedModel", "uri_folder"], ["uri_file", "Zip"], ["uri_folder", "TrainedModel"]]) assert.equal(misfit(of(from), of(to), "a"), "", `${from} → ${to}`);
  assert.equal(misfit({ type: "Dataset", name: "rows" }, { type: "UntrainedModel", name: "untrained_model" }, "split"), "untrained_model takes an UntrainedModel, and rows of split gives a Dataset.");
  assert.notEqual(misfit(of("string"), of("uri_folder"), "a"), "");
});

test("what is missing, out of range, unknown or round is told at the node", () => {
  let [document] = drawn();
  document = edits.withInput(document, "split_data", "fraction_of_rows", 1.5);
  document.jobs.old = { type: "command", component: "azureml:gone:3", inputs: {} };
  document.jobs.a = { type: "command", component: { inputs: { x: { type: "uri_folder" } }, outputs: { y: { type: "uri_folder" } } }, inputs: { x: "${{parent.jobs.a.outputs.y}}" } };
  const said = Object.fromEntries(problemsOf(document, catalogue).map((one) => [`${one.node} ${one.code}`, one.sentence]));
  assert.deepEqual(said, {
    "split_data missing_input": "Dataset is not connected.",
    "split_data out_of_range": "Fraction of rows must be between 0 and 1; 1.5 is given.",
    "train_model missing_input": "Label column is wanted: choose a column.",
    "old unknown_component": "There is no component azureml:gone:3 here any more.",
    "a cycle": "Data would go round in a circle: a → a. Take one of these wires away.",
  });
  assert.deepEqual(graph.pathBetween(document, "split_data", "train_model"), ["split_data", "train_model"]);
});

test("a parameter counts only while what it hangs on has its value", () => {
  const parameters = [{ name: "mode", kind: "choice", default: "a" }, { name: "deep", kind: "boolean", when: { mode: ["b"] } }, { name: "depth", kind: "integer", when: { deep: [true] } }];
  assert.equal(counts(parameters[2], parameters, { deep: true }), false);
  assert.equal(counts(parameters[2], parameters, { mode: "b", deep: true }), true);
});

test("undo and redo go through whole documents, typing is one step", () => {
  const history = new History("a");
  history.put("b", "Added");
  history.put("c", "Typed", "x", 1000);
  history.put("d", "Typed", "x", 1500);
  history.put("e", "Typed", "x", 9000);
  assert.equal(history.undo(), "Typed");
  assert.equal(history.now, "d");
  history.undo();
  assert.equal(history.now, "b");
  history.redo();
  assert.equal(history.now, "d");
  history.put("f", "Moved");
  assert.equal(history.canRedo, false);
});

test("nodes stand in rows by what they wait for, and none on another", () => {
  const [document, names] = drawn();
  const sizes = new Map(names.map((name) => [name, sizeOf(partsOf(document, name, catalogue), false)]));
  const places = arranged(document, sizes);
  assert.equal(places.split_data[1], places.linear_regression[1]);
  assert.ok(places.train_model[1] > places.split_data[1] + sizes.get("split_data").height);
  assert.ok(Math.abs(places.split_data[0] - places.linear_regression[0]) >= WIDTH);
  assert.notDeepEqual(freePlace(document, [0, 0]), [0, 0]);
});

test("a rule of columns is read, written and applied", () => {
  const columns = [{ name: "make", kind: "string", role: "feature" }, { name: 'a, "b"', kind: "numeric" }, { name: "price", kind: "numeric", role: "label" }];
  for (const text of ["make, price", 'all; exclude names "make"', "none; include types numeric; exclude indices 2-3; include roles label", '"a, \\"b\\""']) assert.equal(writeRule(readRule(text)), text);
  assert.deepEqual(picked(readRule("all; exclude types numeric"), columns), ["make"]);
  assert.deepEqual(picked(readRule("none; include indices 2-3"), columns), ['a, "b"', "price"]);
  assert.deepEqual(namesIn(readRule("make, price")), ["make", "price"]);
  assert.equal(readRule("all; nonsense"), null);
});

function looped(type, fields) {
  let [document] = drawn();
  document.jobs.loop = { type, ...fields };
  return edits.connected(document, { from: "loop", fromPort: "body", to: "train_model", toPort: "control" });
}

test("a loop gives what its body gives, and what decides on another round is no circle", () => {
  let document = looped("do_while", { condition: "${{parent.jobs.train_model.outputs.trained_model}}", limits: { max_iteration_count: 3 } });
  assert.deepEqual(graph.onCycle(document), []);
  assert.deepEqual(graph.wiresOf(document).filter((wire) => wire.isBack).map((wire) => wire.toPort), ["condition"]);
  assert.deepEqual(partsOf(document, "loop", catalogue).outputs.map((port) => [port.name, port.type]), [["body", "control"], ["trained_model", "TrainedModel"]]);
  assert.equal(graph.loopOf(document, "train_model"), "loop");
  document.jobs.loop.mapping = { trained_model: "${{parent.jobs.train_model.inputs.untrained_model}}" };
  document = edits.connected(document, { from: "loop", fromPort: "body", to: "split_data", toPort: "control" });
  assert.equal(document.jobs.loop.mapping, undefined, "what led from round to round named the ports of the other body");
  const each = looped("parallel_for", { items: [{}] });
  assert.equal(partsOf(each, "loop", catalogue).outputs[1].type, "any");
});

test("what the rounds bring to a body need not be connected to it", () => {
  const missing = (items) => {
    const document = looped("parallel_for", { items });
    delete document.jobs.train_model.inputs.dataset;
    return problemsOf(document, catalogue).filter((one) => one.node === "train_model").map((one) => one.port || one.parameter);
  };
  assert.deepEqual(missing([{ label_column: "price" }]), ["dataset"]);
  assert.deepEqual(missing({ a: { label_column: "price", dataset: "azureml:a@latest" } }), []);
  assert.deepEqual(missing("${{parent.jobs.split_data.outputs.results_dataset1}}"), []);
});
