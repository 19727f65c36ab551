// Colours and icons of ports and nodes, from their types and categories: no component is named here.

const TYPES = {
  Dataset: ["table-2", "table"], mltable: ["table-2", "table"], uri_file: ["file", "file"], uri_folder: ["folder", "file"], Zip: ["archive", "file"],
  UntrainedModel: ["flask-conical", "plan"], UntrainedCluster: ["flask-conical", "plan"], TrainedModel: ["box", "model"], TrainedCluster: ["box", "model"],
  TrainedRecommender: ["box", "model"], mlflow_model: ["box", "model"], custom_model: ["box", "model"], Transform: ["repeat", "transform"],
  Evaluation: ["gauge", "result"], control: ["git-branch", "control"], boolean: ["circle-dot", "control"], condition: ["circle-dot", "control"],
};
const CATEGORIES = { Data: "database", Control: "git-branch", Pipeline: "workflow", Command: "square-terminal" };
const SLOTS = 11;

export function typeClass(type) {
  return `type-${TYPES[type]?.[1] ?? "other"}`;
}

// What a node gives says best what it is; one that gives nothing sends its input somewhere.
export function iconOf(parts) {
  if (parts.isMissing) return "circle-help";
  if (parts.isControl || parts.isInline || parts.isData) return CATEGORIES[parts.category] ?? "puzzle";
  const [first] = parts.outputs;
  return first ? TYPES[first.type]?.[0] ?? "puzzle" : "upload";
}

// Categories take the colours in their order; the same category has the same colour on every page.
export function colourOf(designer, parts) {
  if (parts.isData || parts.isControl || !parts.category) return 12;
  const order = categoriesOf(designer.catalogue);
  return (Math.max(0, order.indexOf(parts.category)) % SLOTS) + 1;
}

export function categoriesOf(catalogue) {
  if (catalogue.categories?.of === catalogue.all.length) return catalogue.categories.names;
  const names = [...new Set(catalogue.all.map((one) => one.category || "Registered"))];
  catalogue.categories = { of: catalogue.all.length, names };
  return names;
}
