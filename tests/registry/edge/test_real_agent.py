"""The whole path on a real Docker engine: enrolled, run, scored over its port, without the studio, updated, gone back."""

import io
import json
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from atelier.edge import agent as agents
from atelier.edge import specs
from atelier.edge.folder import Folder

from registry.edge import guessing, services
from registry.edge.models import EdgeDevice
from registry.images.models import ImageVersion
from studio.access.models import Workspace
from tests.docker_engine import base_image, docker_engine
from tests.factories.devices import make_device, make_module, make_ready_image
from tests.real_studio import free_port
from tests.registry.edge.oci_registry import Registry, running, unpacked

__all__ = ["base_image", "docker_engine"]
pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]
# A stand-in for the scoring runtime: it answers its number; a bad one is never ready.
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        bad = sys.argv[2] == "bad" and self.path != "/score"
        self.send_response(503 if bad else 200)
        self.end_headers()
        self.wfile.write(sys.argv[1].encode())
    def log_message(self, *_):
        pass
print("serving", sys.argv[1], flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", 5001), Handler).serve_forever()
"""


@pytest.fixture
def registry(settings: Any, tmp_path: Path) -> Iterator[Registry]:
    settings.DATA_DIR = tmp_path
    guessing.forget()
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def folder(workspace: Workspace, live_server: Any, tmp_path: Path) -> Iterator[Folder]:
    found = Folder(tmp_path / "edge")
    code = services.new_code(actor=None, device=make_device(workspace)).code
    agents.enrol(found, url=live_server.url, code=code)
    yield found
    if found.is_enrolled():
        agents.leave(found)


def make_image(
    client: "docker.DockerClient", base: str, registry: Registry, workspace: Workspace, kind: str
) -> ImageVersion:
    """An image that only the registry has: the device's engine must get it from the studio."""
    version = make_ready_image(workspace)
    tag = f"vision/defects:{version.number}"
    files = {"server.py": SERVER, "Dockerfile": f'FROM {base}\nCOPY server.py /server.py\nCMD ["python3", "/server.py", "{version.number}", "{kind}"]\n'}  # fmt: skip
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    context.seek(0)
    made, _ = client.images.build(fileobj=context, custom_context=True, tag=f"atelier-edge-test:{kind}", rm=True)
    config, layers = unpacked(b"".join(made.save()))
    assert registry.put(tag, layers, config) == made.id
    client.images.remove(f"atelier-edge-test:{kind}", force=True)
    ImageVersion.objects.filter(pk=version.pk).update(reference=f"{registry.address}/{tag}")
    version.refresh_from_db()
    return version


def score(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/score", timeout=5) as answer:
        return str(answer.read().decode())


def settled(folder: Folder, **options: Any) -> agents.Agent:
    agent = agents.Agent(folder, say=lambda _: None, **options)
    agent.settle()
    return agent


def test_a_module_from_its_first_start_over_an_outage_to_a_version_that_fails(
    registry: Registry, folder: Folder, workspace: Workspace, docker_engine: Any, base_image: str
) -> None:
    device, port = EdgeDevice.objects.get(), free_port()
    first, second = (make_image(docker_engine, base_image, registry, workspace, kind) for kind in ("good", "bad"))
    module = make_module(device, version=first, port=port)
    settled(folder)
    device.refresh_from_db()
    assert device.reported["defects"]["state"] == "running", device.reported
    assert score(port) == str(first.number)
    found = docker_engine.containers.list(filters={"label": f"{specs.LABEL_MODULE}=defects"})
    mine = next(one for one in found if one.labels[specs.LABEL_DEVICE] == folder.known_id)
    host = mine.attrs["HostConfig"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and mine.attrs["Config"]["User"] == specs.USER

    # The studio is away: what is killed comes back all the same, with a new agent.
    mine.kill()
    agent = agents.Agent(folder, say=lambda _: None)
    agent._client.url = "http://127.0.0.1:9"
    for _ in range(60):
        agent.step()
        if folder.status["modules"]["defects"]["state"] == "running":
            break
        time.sleep(0.2)
    assert folder.status["studio"] == "away" and score(port) == str(first.number)

    # A version that never gets ready gives way to the one before.
    services.update_module(actor=None, module=module, version=second)
    settled(folder, ready_seconds=3)
    device.refresh_from_db()
    said = device.reported["defects"]
    assert (said["state"], said["image"]) == ("rolled_back", "defects:1") and "serving 2" in said["problem"]
    assert score(port) == str(first.number)
    assert json.loads((folder.path / "desired.json").read_text())["revision"] == device.revision
    key = folder.known_id
    assert agents.leave(folder) == 1 and not folder.is_enrolled()
    assert [one for one in docker_engine.containers.list(all=True) if one.labels.get(specs.LABEL_DEVICE) == key] == []
