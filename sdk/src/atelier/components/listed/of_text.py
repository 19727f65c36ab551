"""Components of text, recommendation, explanation, deployment and inference: name -> the module that holds it."""

MODULES: dict[str, str] = {}
