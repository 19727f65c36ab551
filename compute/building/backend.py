"""Builds as processes of this machine that may reach the Docker engine."""

from typing import ClassVar

from compute.backends.local import LocalBackend
from compute.engines import presence


class BuilderBackend(LocalBackend):
    """The runner as `local` starts it. Its command is the studio's own build program and never anything of a user's."""

    label: ClassVar[str] = "Image builder"
    only_builds: ClassVar[bool] = True

    def why_not_ready(self) -> str:
        """Why nothing starts here now, in a sentence; empty when nothing is known against it."""
        return presence.why_away()
