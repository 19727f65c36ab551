"""The names that scoring scripts import from `azureml.contrib.services`, where that package is not installed."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from atelier.serving.messages import Request

PARENTS = ("azureml", "azureml.contrib", "azureml.contrib.services")


class AMLRequest:
    """A whole request, as `@rawhttp` hands it to `run`."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.method = request.method
        self.path = request.path
        self.args = request.arguments
        self.headers = {
            "-".join(part.capitalize() for part in name.decode("latin-1").split("-")): value.decode("latin-1")
            for name, value in request.headers.items()
        }

    @property
    def data(self) -> bytes:
        return self._request.body

    def get_data(self, cache: bool = True, as_text: bool = False, parse_form_data: bool = False) -> Any:
        return self._request.text() if as_text else self._request.body

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        return self._request.json()

    @property
    def json(self) -> Any:
        return self._request.json()


class AMLResponse:
    """An answer with a status and headers of the script's own."""

    def __init__(
        self, message: Any, status_code: int, response_headers: dict[str, str] | None = None, json_str: bool = False
    ) -> None:
        self.message = message
        self.status_code = status_code
        self.headers: dict[str, str] = dict(response_headers or {})
        self.json_str = json_str


def rawhttp(function: Any) -> Any:
    """Marks `run`: it takes the whole request."""
    function.takes_whole_request = True
    return function


def offer() -> None:
    """Makes the names importable, unless the real ones are."""
    homes: dict[str, dict[str, Any]] = {
        "aml_request": {"AMLRequest": AMLRequest, "rawhttp": rawhttp},
        "aml_response": {"AMLResponse": AMLResponse},
    }
    for module, names in homes.items():
        full = f"{PARENTS[-1]}.{module}"
        try:
            importlib.import_module(full)
        except ImportError:
            for parent in PARENTS:
                _ensure(parent)
            sys.modules[full] = types.ModuleType(full)
            vars(sys.modules[full]).update(names)


def _ensure(name: str) -> None:
    if name in sys.modules:
        return
    try:
        importlib.import_module(name)
    except ImportError:
        package = types.ModuleType(name)
        package.__path__ = []
        sys.modules[name] = package
