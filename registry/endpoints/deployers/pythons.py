"""The interpreter that runs an environment on this machine: the studio's own, or a virtual environment's."""

import sys
from dataclasses import dataclass

from registry.environments.models import Environment


@dataclass(frozen=True, slots=True)
class Python:
    """`path` is empty while the environment is being made; `message` says so."""

    path: str
    message: str = ""


def of(environment: Environment | None) -> Python:
    """The interpreter of an environment, asked again until it is there. Raises NotPrepared when it can't be made."""
    if environment is None or environment.kind == Environment.Kind.CURRENT:
        return Python(sys.executable)
    from registry.endpoints.deployers.base import NotPrepared

    raise NotPrepared("The environment can't be made on this machine yet.")
