"""Registered components as the use cases leave them."""

from runs.components import services
from runs.components.models import ComponentVersion
from studio.access.models import Workspace
from studio.accounts.models import User

FILE = """
name: {name}
display_name: Scale
description: Multiplies every number.
inputs:
  data: {{type: uri_folder, description: The tables}}
  factor: {{type: number, default: 2, min: 0, max: 10}}
outputs:
  scaled: {{type: uri_folder}}
command: python -c "print('${{{{inputs.data}}}}', ${{{{inputs.factor}}}}, '${{{{outputs.scaled}}}}')"
"""


def make_component(
    workspace: Workspace, name: str = "scale", *, actor: User | None = None, text: str = "", version: str = ""
) -> ComponentVersion:
    """A version of a command component with one port in, one out and one parameter."""
    text = text or FILE.format(name=name)
    return services.register(actor=actor, workspace=workspace, text=text, version=version)
