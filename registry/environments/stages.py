"""The first stage of every plan: an image of an environment, the same for whoever stands on it."""

from typing import Any

from compute.building.plans import Stage
from registry.environments.definitions import Definition
from registry.environments.models import Environment

NAME = "environment"
# The builder adds the hash of what is in the stage.
REPOSITORY = "atelier-env"


def stage_of(content: Environment, *, base: str = "", **more: Any) -> Stage:
    """The stage of a content, upon `base` where that is named, else upon the definition's own image or the studio's base.

    `more` are further fields of the stage.
    """
    definition = Definition.from_json(content.definition)
    variables = {**definition.variables, **more.pop("environment", {})}
    if definition.needs_docker:
        return Stage(
            name=NAME,
            tag=REPOSITORY,
            context=definition.context,
            dockerfile=definition.dockerfile,
            environment=variables,
            **more,
        )
    return Stage(
        name=NAME,
        base=base or definition.image,
        tag=REPOSITORY,
        python=definition.python,
        packages=definition.packages,
        environment=variables,
        **more,
    )
