"""What every deployer keeps to. A test class of one inherits this and says how a revision of it is made."""

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registry.endpoints.deployers.base import Deployer, Look, Ref
from registry.endpoints.models import Deployment, DeploymentRevision, Instance
from registry.endpoints.reconciling import scene

AT_ONCE = timedelta(0)


class DeployerContract:
    """`deployer` and `make(files) -> Deployment` come from the class that inherits."""

    seconds: float = 30.0

    @pytest.fixture
    def deployer(self) -> Deployer:
        raise NotImplementedError

    @pytest.fixture
    def make(self) -> Callable[..., Deployment]:
        raise NotImplementedError

    @pytest.fixture
    def started(self, deployer: Deployer, make: Callable[..., Deployment]) -> Any:
        """`started(files)`: an instance of a deployment with this code, and its ref; ended after the test."""
        refs: list[Ref] = []

        def start(files: dict[str, str] | None = None) -> tuple[Instance, Ref]:
            instance = self.instance_of(deployer, make(files))
            ref = deployer.start(instance)
            Instance.objects.filter(pk=instance.pk).update(ref=ref)
            refs.append(ref)
            return instance, ref

        yield start
        for ref in refs:
            deployer.stop(ref, grace=AT_ONCE)

    def instance_of(self, deployer: Deployer, deployment: Deployment) -> Instance:
        found = scene.read(deployment.pk)
        assert found is not None
        revision = found.wanted or found.current
        assert revision is not None
        end = time.monotonic() + self.seconds
        while not (prepared := deployer.prepare(revision)).is_ready:
            assert time.monotonic() < end, prepared.message
            time.sleep(0.1)
        DeploymentRevision.objects.filter(pk=revision.pk).update(prepared=prepared.facts)
        revision.prepared = prepared.facts
        made = Instance.objects.create(revision=revision, slot=Instance.objects.count())
        made.revision = revision
        return made

    def until(self, deployer: Deployer, ref: Ref, fits: Callable[[Look], bool]) -> Look:
        end = time.monotonic() + self.seconds
        while not fits(look := deployer.look(ref)):
            assert time.monotonic() < end, (look, deployer.log(ref, lines=50))
            time.sleep(0.05)
        return look

    def test_an_instance_listens_and_answers(self, deployer: Deployer, started: Any) -> None:
        _, ref = started()
        assert json.loads(json.dumps(ref)) == ref
        look = self.until(deployer, ref, lambda look: bool(look.address))
        assert score(look.address, {"a": 1}) == {"said": {"a": 1}}

    def test_a_second_start_finds_the_first(self, deployer: Deployer, started: Any) -> None:
        instance, ref = started()
        assert deployer.start(instance) == ref

    def test_stopping_leaves_nothing_and_may_be_done_twice(self, deployer: Deployer, started: Any) -> None:
        _, ref = started()
        self.until(deployer, ref, lambda look: bool(look.address))
        deployer.stop(ref, grace=timedelta(seconds=5))
        assert not deployer.look(ref).alive
        deployer.stop(ref, grace=AT_ONCE)

    def test_a_script_that_fails_to_import_is_named_with_its_line(self, deployer: Deployer, started: Any) -> None:
        _, ref = started({"score.py": "import json\nimport foo_that_is_not_there\n"})
        look = self.until(deployer, ref, lambda look: not look.alive)
        assert "score.py line 2" in look.problem
        assert "foo_that_is_not_there" in look.problem
        assert look.exit == 3

    def test_the_log_is_what_it_printed(self, deployer: Deployer, started: Any) -> None:
        _, ref = started(
            {"score.py": "def init():\n    print('hello from init')\n\n\ndef run(data):\n    return data\n"}
        )
        self.until(deployer, ref, lambda look: bool(look.address))
        assert "hello from init" in self._log(deployer, ref, "hello from init")

    def test_what_nobody_asked_for_is_found(self, deployer: Deployer, started: Any) -> None:
        instance, ref = started()
        assert ref not in deployer.left()
        Instance.objects.filter(pk=instance.pk).update(state=Instance.State.STOPPED)
        assert ref in deployer.left()

    def test_what_was_never_there_is_dead(self, deployer: Deployer) -> None:
        assert not deployer.look({}).alive
        deployer.stop({}, grace=AT_ONCE)

    def _log(self, deployer: Deployer, ref: Ref, wanted: str) -> str:
        end = time.monotonic() + self.seconds
        while wanted not in (text := deployer.log(ref, lines=100)) and time.monotonic() < end:
            time.sleep(0.05)
        return text


def score(address: str, data: Any) -> Any:
    end = time.monotonic() + 20
    while True:
        try:
            request = urllib.request.Request(
                f"http://{address}/score", json.dumps(data).encode(), {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.loads(answer.read())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
