"""Builds as processes of this machine that may reach the Docker engine."""

from typing import Any, ClassVar

from compute.backends.local import LocalBackend
from compute.engines import presence


class BuilderBackend(LocalBackend):
    """The runner as `local` starts it. Its command is the studio's own build program and never anything of a user's."""

    label: ClassVar[str] = "Image builder"

    def seen(self, settings: dict[str, Any]) -> presence.Presence | None:
        return presence.state_of()

    def why_not_ready(self, settings: dict[str, Any]) -> str:
        return presence.why_away()

    def look(self, settings: dict[str, Any]) -> None:
        presence.look()
