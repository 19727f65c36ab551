// <mlflow-link data-target="…">: reads a link of MLflow's own pages (#/experiments/4/runs/…) and leads to ours.
const PLACES = [
  [/^\/experiments\/[^/]+\/runs\/([^/?]+)/, "run"],
  [/^\/experiments\/[^/]+\/models\/([^/?]+)/, "logged_model"],
  [/^\/experiments\/[^/]+\/traces.*[?&]selectedEvaluationId=([^&]+)/, "trace"],
  [/^\/experiments\/([^/?]+)/, "experiment"],
  [/^\/models\/([^/?]+)/, "model"],
];

function asked(hash) {
  const query = new URLSearchParams();
  for (const [pattern, name] of PLACES) {
    const found = pattern.exec(hash);
    if (!found) continue;
    query.set(name, decodeURIComponent(found[1]));
    const version = /^\/models\/[^/?]+\/versions\/(\d+)/.exec(hash);
    if (version) query.set("version", version[1]);
    return query;
  }
  return query;
}

class MlflowLink extends HTMLElement {
  connectedCallback() {
    const query = asked(location.hash.slice(1));
    if ([...query].length > 0) location.replace(`${this.dataset.target}?${query}`);
  }
}

customElements.define("mlflow-link", MlflowLink);
