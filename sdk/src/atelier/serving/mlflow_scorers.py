"""What scorers of models in MLflow's format share, whoever loads the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atelier.serving import describing
from atelier.serving.scoring import INFER, INVOCATIONS, SCORE
from atelier.serving.settings import Settings
from atelier.serving.signatures import Signature


class MlflowScorer:
    """A model that says itself what it takes: what it is called, and what a request may hold. `load` brings its files in."""

    kinds = frozenset({SCORE, INVOCATIONS, INFER})

    def __init__(
        self,
        folder: Path,
        mlmodel: Mapping[str, Any],
        signature: Signature,
        settings: Settings,
        *,
        name: str,
        version: str,
    ) -> None:
        self.name = name
        self.version = version
        self.signature = signature
        self.description = describing.describe(mlmodel, signature)
        self._refuses_extra = settings.refuses_extra
        self.load(folder)

    def load(self, folder: Path) -> None:
        """Raises LoadProblem with what is missing."""
        raise NotImplementedError
