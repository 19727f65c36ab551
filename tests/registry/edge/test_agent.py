"""The agent of a device: against the studio, with an engine that only remembers what it was told."""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from atelier import _errors
from atelier.edge import agent as agents
from atelier.edge import specs
from atelier.edge.engine import Engine, EngineAway, Seen
from atelier.edge.folder import Folder
from atelier.edge.specs import Spec

from compute.engines import hardening
from registry.edge import guessing, services
from registry.edge.models import EdgeDevice, EdgeEvent
from studio.access.models import Workspace
from tests.factories.devices import make_device, make_module, make_ready_image
from tests.registry.edge.oci_registry import Registry, running

pytestmark = pytest.mark.django_db(transaction=True)


class EngineTwin(Engine):
    """Containers and images that are only told of. `bad` are images that never get ready."""

    def __init__(self) -> None:
        super().__init__("twin")
        self.images: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.rows: dict[str, Seen] = {}
        self.bad: set[str] = set()
        self.is_away = False
        self.loaded: list[list[str]] = []

    def version(self) -> str:
        return "26.1"

    def containers(self) -> dict[str, Seen]:
        if self.is_away:
            raise EngineAway("The Docker engine does not answer.")
        return dict(self.rows)

    def start(self, spec: Spec, image_id: str) -> None:
        assert image_id in self.images
        self.rows[spec.name] = Seen(image_id, spec.name, spec.key, True, 0, "http://x", "")

    def end(self, name: str, code: int) -> None:
        one = self.rows[name]
        self.rows[name] = Seen(one.id, name, one.key, False, code, "", "")

    def stop(self, seen: Seen) -> None:
        self.rows.pop(seen.module, None)

    def is_ready(self, seen: Seen, path: str) -> bool:
        return seen.id not in self.bad

    def last_words(self, seen: Seen) -> str:
        return "ModuleNotFoundError: no torch"

    def has_image(self, image_id: str) -> bool:
        return image_id in self.images

    def layers(self) -> list[list[str]]:
        return list(self.images.values())

    def load(self, pieces: Iterable[bytes]) -> None:
        with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
            names = archive.getnames()
            said = json.loads(archive.extractfile("manifest.json").read())[0]  # type: ignore[union-attr]
            config = archive.extractfile(said["Config"]).read()  # type: ignore[union-attr]
        self.loaded.append([name for name in names if name.endswith(".tar")])
        self.images["sha256:" + said["Config"].removesuffix(".json")] = json.loads(config)["rootfs"]["diff_ids"]

    def tag(self, image_id: str, name: str) -> None:
        self.names[name] = image_id

    def remove_image(self, name: str) -> None:
        self.images.pop(self.names.pop(name), None)

    def figures(self, seen: Seen) -> dict[str, float]:
        return {"cpu": 1.5, "memory": 1e6}


@pytest.fixture
def registry(settings: Any, tmp_path: Path) -> Iterator[Registry]:
    settings.DATA_DIR = tmp_path
    guessing.forget()
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def device(workspace: Workspace) -> EdgeDevice:
    return make_device(workspace)


@pytest.fixture
def folder(device: EdgeDevice, live_server: Any, tmp_path: Path) -> Folder:
    found = Folder(tmp_path / "edge")
    code = services.new_code(actor=None, device=device).code
    agents.enrol(found, url=live_server.url, code=code)
    return found


def make_agent(folder: Folder, twin: EngineTwin, monkeypatch: pytest.MonkeyPatch, **options: Any) -> agents.Agent:
    monkeypatch.setattr(agents, "Engine", lambda _: twin)
    monkeypatch.setattr(agents, "SOON", 0.02)
    return agents.Agent(folder, say=lambda _: None, **options)


def make_image(registry: Registry, workspace: Workspace, *layers: bytes, **facts: Any) -> Any:
    version = make_ready_image(workspace, **facts)
    tag = f"vision/defects:{version.number}"
    image_id = registry.put(tag, [b"base" * 1000, *(layers or (f"own {version.number}".encode(),))])
    type(version).objects.filter(pk=version.pk).update(reference=f"{registry.address}/{tag}")
    version.refresh_from_db()
    return version, image_id


def said(device: EdgeDevice, name: str = "defects") -> dict[str, Any]:
    device.refresh_from_db()
    return dict(device.reported[name])


def test_a_device_enrols_fetches_runs_and_reports(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (folder.path / "device.json").stat().st_mode & 0o777 == 0o600
    version, image_id = make_image(registry, device.workspace)
    make_module(device, version=version, port=8080)
    registry.cut = 100  # the line breaks in the middle of a part
    twin = EngineTwin()
    make_agent(folder, twin, monkeypatch).settle()
    assert twin.rows["defects"].id == image_id
    assert said(device)["state"] == "running" and said(device)["image"] == "defects:1"
    assert device.telemetry["modules"]["defects"] == {"cpu": 1.5, "memory": 1e6}
    kinds = list(EdgeEvent.objects.filter(device=device).order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind in ("Fetching", "Started", "Ready")] == ["Fetching", "Started", "Ready"]
    assert list((folder.path / "parts").iterdir()) == []


def test_an_update_brings_only_the_layers_that_are_new_and_the_old_image_goes_later(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, first_id), (second, second_id) = (make_image(registry, device.workspace) for _ in range(2))
    module = make_module(device, version=first)
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch)
    agent.settle()
    module = services.update_module(actor=None, module=module, version=second)
    agent.settle()
    assert twin.rows["defects"].id == second_id and [len(names) for names in twin.loaded] == [2, 1]
    assert set(twin.images) == {second_id}
    services.roll_back(actor=None, module=module)
    agent.settle()
    assert twin.rows["defects"].id == first_id and said(device)["image"] == "defects:1"


def test_a_version_that_does_not_get_ready_gives_way_to_the_one_before(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, first_id), (second, second_id) = (make_image(registry, device.workspace) for _ in range(2))
    module = make_module(device, version=first)
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch, ready_seconds=0.05)
    agent.settle()
    twin.bad.add(second_id)
    module = services.update_module(actor=None, module=module, version=second)
    agent.settle()
    assert twin.rows["defects"].id == first_id
    found = said(device)
    assert (found["state"], found["image"]) == ("rolled_back", "defects:1")
    assert "did not get ready" in found["problem"] and "no torch" in found["problem"]
    # Not even a new agent tries it again by itself; asking for it does.
    make_agent(folder, twin, monkeypatch).settle()
    assert twin.rows["defects"].id == first_id
    twin.bad.clear()
    services.restart_module(actor=None, module=module)
    agent = make_agent(folder, twin, monkeypatch)
    agent.settle()
    assert twin.rows["defects"].id == second_id and said(device)["state"] == "running"


def test_modules_go_on_without_the_studio_and_are_started_again(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = make_image(registry, device.workspace)
    make_module(device, version=version)
    twin = EngineTwin()
    make_agent(folder, twin, monkeypatch).settle()
    folder.keep_identity({**folder.identity, "url": "http://127.0.0.1:9"})
    twin.end("defects", 137)
    agent = make_agent(folder, twin, monkeypatch)
    agent.step()
    assert "defects" not in twin.rows  # a pause first, which grows
    agent._reconciler.memories["defects"].not_before = 0
    agent.step()
    agent.step()
    assert twin.rows["defects"].is_running
    assert folder.status["studio"] == "away" and folder.status["modules"]["defects"]["restarts"] == 1


def test_pauses_between_starts_grow_and_a_rule_may_forbid_them(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = make_image(registry, device.workspace)
    module = make_module(device, version=version)
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch)
    agent.settle()
    memory = agent._reconciler.memories["defects"]
    pauses = []
    for _ in range(3):
        memory.not_before = 0
        agent.step()
        twin.end("defects", 1)
        before = agents.time.time()
        agent.step()
        pauses.append(round(memory.not_before - before))
    assert pauses == [1, 2, 4]
    services.update_module(actor=None, module=module, given={"restart": "never"})
    memory.not_before = 0
    agent.settle()
    twin.end("defects", 3)
    agent.settle()
    assert said(device)["state"] == "failed" and "exit code 3" in said(device)["problem"]


def test_a_revoked_device_keeps_its_modules_and_says_so(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = make_image(registry, device.workspace)
    make_module(device, version=version)
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch)
    agent.settle()
    services.revoke(actor=None, device=device)
    agent.settle()
    assert twin.rows["defects"].is_running and folder.status["studio"] == "revoked"


def test_what_is_stopped_or_removed_ends_and_an_engine_that_comes_back_is_told(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = make_image(registry, device.workspace)
    module = make_module(device, version=version)
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch)
    agent.settle()
    twin.is_away = True
    agent.step(always_report=True)
    twin.is_away = False
    module = services.stop_module(actor=None, module=module)
    agent.settle()
    assert twin.rows == {} and said(device)["state"] == "stopped"
    services.remove_module(actor=None, module=module)
    agent.settle()
    device.refresh_from_db()
    assert device.reported == {} and twin.images == {}
    assert {"EngineAway", "EngineBack"} <= set(EdgeEvent.objects.values_list("kind", flat=True))


def test_a_part_that_is_not_what_it_should_be_is_never_loaded(
    registry: Registry, device: EdgeDevice, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = make_image(registry, device.workspace)
    make_module(device, version=version)
    worst = next(key for key, data in registry.parts.items() if data.startswith(b"own"))
    registry.parts[worst] = b"x" * len(registry.parts[worst])
    twin = EngineTwin()
    agent = make_agent(folder, twin, monkeypatch)
    agent.step()
    agent._reconciler._fetcher.wait(10)
    agent.step(always_report=True)
    assert twin.images == {} and "did not arrive" in said(device)["problem"]


def test_a_module_is_run_without_any_privilege_as_the_studio_runs_it() -> None:
    spec = Spec("defects", 1, "defects:1", cpus=1.5, memory=2**29)
    ours = specs.container(spec, image_id="sha256:1", name="n", device="d")
    theirs = hardening.limits(cpus=1.5, memory=2**29, network=specs.NETWORK)
    assert {name: ours[name] for name in theirs if name != "labels"} == {
        name: value for name, value in theirs.items() if name != "labels"
    }


def test_two_agents_do_not_work_with_one_folder(folder: Folder) -> None:
    folder.hold()
    with pytest.raises(_errors.ConfigurationError, match="Another agent"):
        Folder(folder.path).hold()
    folder.release()
