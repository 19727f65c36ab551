"""Who uses an image's version, and which model versions images use: what is in use can't be deleted."""

from collections.abc import Callable, Sequence

from registry.environments.models import EnvironmentVersion
from registry.images import queries
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion

# The versions → one sentence for each use, such as "The deployment digits/blue runs digits:3."
Asked = Callable[[Sequence[ImageVersion]], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    """Features above say what they know."""
    _asked.append(asked)


def of(versions: Sequence[ImageVersion]) -> list[str]:
    """Why these versions can't go; empty when nothing holds them."""
    return [sentence for asked in _asked for sentence in asked(versions)]


def of_models(versions: Sequence[ModelVersion]) -> list[str]:
    """The images these model versions are in, for whoever wants to delete them."""
    rows = queries.holding(versions)[:20]
    return [f"The image {row.version} holds {row.model_version}." for row in rows]


def of_environments(versions: Sequence[EnvironmentVersion]) -> list[str]:
    """The images that were built with these environments."""
    rows = queries.built_with(versions)[:20]
    return [f"The image {row} is built with {row.environment_version}." for row in rows]
