"""From a trained pipeline to one that answers requests, and what carries that out.

| module | what it does |
|---|---|
| `deriving` | the document of a trained pipeline becomes the document of an inference pipeline: real-time or batch |
| `packing` | such a document and its stored values become a folder: `pipeline.json`, `artifacts/`, `MLmodel`, `score.py` |
| `graph` | loads that folder once and carries it out in memory |
| `columns` · `bodies` | what a request may hold, and what it holds |
| `mlflow_flavor` · `score` | how MLflow's own loader, and a scoring script, call the graph |
"""
