"""One registry for every plug-in point: built-ins are a literal dict, third parties come by entry point.

A plug-in that can't be loaded shows as unavailable, with the reason, and stops nothing else.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from django.utils.module_loading import import_string

from studio.errors import Unavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plugin:
    """One implementation by name. `error` says why it can't be used."""

    name: str
    implementation: Any
    error: str = ""

    @property
    def is_available(self) -> bool:
        return not self.error


class Registry:
    """The implementations of one plug-in point, loaded when first asked for."""

    def __init__(self, group: str, built_in: Mapping[str, str]) -> None:
        self.group = group
        self._built_in = dict(built_in)
        self._loaded: dict[str, Plugin] = {}

    def get(self, name: str) -> Any:
        """The implementation called `name`. Raises Unavailable when there is none or it is broken."""
        plugin = self.find(name)
        if not plugin.is_available:
            raise Unavailable("plugin_unavailable", f"{name} of {self.group} cannot be used: {plugin.error}.")
        return plugin.implementation

    def find(self, name: str) -> Plugin:
        """The plug-in called `name`, available or not."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def all(self) -> list[Plugin]:
        """Every plug-in of this point, broken ones included, by name."""
        return [self.find(name) for name in sorted({*self._built_in, *self._offered()})]

    def _load(self, name: str) -> Plugin:
        try:
            if name in self._built_in:
                return Plugin(name, import_string(self._built_in[name]))
            offered = self._offered()
            if name not in offered:
                return Plugin(name, None, "nothing of this name is installed")
            return Plugin(name, offered[name].load())
        except Exception as error:
            logger.warning("plug-in %s of %s is unavailable", name, self.group, exc_info=error)
            return Plugin(name, None, f"{type(error).__name__}: {error}")

    def _offered(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}
