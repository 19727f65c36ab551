"""Edge devices with modules, as the use cases and an agent leave them, without any device."""

import itertools
from typing import Any

from registry.edge import reading, services
from registry.edge.models import EdgeDevice, EdgeModule
from registry.images.models import ImageVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.images import MLFLOW, finish, make_image, make_model

ADDRESS = "10.0.0.7"
FACTS = {"host": "press-3", "os": "Debian 13", "architecture": "amd64", "agent": "0.1.0", "engine": "26.1.5", "cpus": 4}
_count = itertools.count(1)


def make_device(workspace: Workspace, name: str = "press-3", *, actor: User | None = None, **facts: Any) -> EdgeDevice:
    return services.create_device(actor=actor, workspace=workspace, name=name, **facts)[0]


def enrol(device: EdgeDevice) -> str:
    """The token of the device, which has enrolled."""
    code = services.new_code(actor=None, device=device).code
    token = services.enrol(code=code, address=ADDRESS, facts=FACTS).token
    device.refresh_from_db()
    return token


def make_ready_image(workspace: Workspace, name: str = "defects", **facts: Any) -> ImageVersion:
    """A version of an image that can be run; each call makes the next one."""
    number = next(_count)
    model = make_model(workspace, f"{name}-{number}", files={**MLFLOW, "model.pkl": f"{number}".encode()})
    return finish(make_image(workspace, models=[model], name=name), **facts)


def make_module(device: EdgeDevice, name: str = "defects", **given: Any) -> EdgeModule:
    version = given.pop("version", None) or make_ready_image(device.workspace)
    return services.add_module(actor=None, device=device, name=name, version=version, given=given)


def report(device: EdgeDevice, **facts: Any) -> EdgeDevice:
    """Let the device's agent report, of its newest revision unless another is given."""
    device.refresh_from_db()
    said = {"revision": device.revision, "facts": FACTS, **facts}
    return services.take_report(device=device, token_hash=device.token_hash, report=reading.report(said))
