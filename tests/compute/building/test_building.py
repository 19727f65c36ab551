"""Builds that really run, on a real Docker engine."""

import docker
import pytest

from compute.building.plans import PlanFile, Script, Stage
from compute.jobs import services as jobs
from compute.jobs import tasks
from compute.jobs.models import JobState
from tests.compute.building.conftest import BuildBench, Remembering, context, left, small

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]
SCRIPT = b"""
import json, os, pathlib, socket, sys
source, target = map(pathlib.Path, sys.argv[1:3])
text = (source / "models/model.txt").read_text()
(target / "made").mkdir()
(target / "made/model.txt").write_text(text.upper())
os.symlink("/etc/passwd", target / "made/link")
try:
    socket.create_connection(("1.1.1.1", 80), 2)
    network = True
except OSError:
    network = False
facts = {"opset": sys.argv[3], "user": os.getuid(), "network": network}
(target / "facts.json").write_text(json.dumps(facts))
print("converted")
"""


def test_files_and_packages_become_an_image_that_runs(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient
) -> None:
    packages = Stage(
        name="environment",
        tag="atelier-test/environment",
        packages=("idna",),
        environment={"PYTHONPATH": "/opt/atelier/env", "GREETING": 'a $HOME "quoted" one'},
    )
    text = b"import idna, os; print(idna.__cached__, os.getuid(), os.environ['GREETING'])\n"
    image = small(builds, base="stage:environment", text=text, user="10001", ports=(5001,))
    job, _ = builds.finished(packages, image)
    assert job.state == JobState.COMPLETED, builds.log(job)
    (result,) = owner.results
    said = docker_engine.containers.run(result.reference, remove=True, network_mode="none").decode()
    assert said == '/opt/atelier/env/idna/__pycache__/__init__.cpython-311.pyc 10001 a $HOME "quoted" one\n'
    _describes(result.to_json())
    assert left(docker_engine) == []
    again, _ = builds.finished(packages, image)
    assert builds.log(again).count("Using the image that is there") == 2
    assert owner.results[1].image_id == result.image_id
    assert [stage.reused for stage in owner.results[1].stages] == [True, True]


def _describes(result: dict) -> None:
    assert "idna" in [package["name"] for package in result["packages"]]
    assert result["facts"]["architecture"] in {"amd64", "arm64"}
    assert len(result["layers"]) == 3
    assert sum(layer["size"] for layer in result["layers"]) == result["size"]
    sbom = result["sbom"]
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    (idna,) = [component for component in sbom["components"] if component["name"] == "idna"]
    assert idna["purl"].startswith("pkg:pypi/idna@")
    assert idna["licenses"]


def test_equal_inputs_make_equal_layers(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient
) -> None:
    for tag in ("atelier-test/one", "atelier-test/two"):
        builds.finished(small(builds, tag=tag))
    one, two = owner.results
    assert one.image_id != two.image_id  # what the engine itself writes down: when, and for which job
    assert [layer.digest for layer in one.layers] == [layer.digest for layer in two.layers]


def test_a_script_converts_files_in_a_container_without_a_network(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient
) -> None:
    model = PlanFile(sha256=builds.keep(b"a model"), path="/models/model.txt")
    script = Script(sha256=builds.keep(SCRIPT), arguments=("17",))
    convert = Stage(name="convert", files=(model,), script=script)
    made = PlanFile(made_by="convert", source="made", path="/var/azureml-app/models")
    image = Stage(name="image", tag="atelier-test/converted", files=(made,))
    job, _ = builds.finished(convert, image)
    assert job.state == JobState.COMPLETED, builds.log(job)
    (result,) = owner.results
    assert result.facts["scripts"] == {"convert": {"opset": "17", "user": 10001, "network": False}}
    command = ["python", "-c", "import os; print(os.listdir('/var/azureml-app/models'))"]
    said = docker_engine.containers.run(result.reference, command, remove=True, network_mode="none")
    assert said == b"['model.txt']\n"
    assert left(docker_engine) == []


def test_a_script_that_fails_fails_the_build_in_its_own_words(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient
) -> None:
    script = Script(sha256=builds.keep(b"import sys; sys.exit('This model has an operator that ONNX does not know.')"))
    job, build = builds.finished(Stage(name="convert", script=script), small(builds))
    assert (job.state, owner.results) == (JobState.FAILED, [])
    assert owner.moves[-1] == (JobState.FAILED, "This model has an operator that ONNX does not know.")
    assert build.problem in builds.log(job)
    assert left(docker_engine) == []


def test_a_dockerfile_of_a_user_is_built_without_a_network(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    text = (
        f"FROM {base_image} AS first\nRUN python -c \"import socket; socket.create_connection(('1.1.1.1', 80), 3)\""
        " || echo no network > /said.txt\nFROM first\nCOPY --from=first /said.txt /copied.txt\nCOPY . /context\n"
    )
    files = {"docker/Dockerfile": text, "note.txt": "n", "secret.txt": "s", ".dockerignore": "secret.txt\n"}
    stage = Stage(
        name="environment",
        tag="atelier-test/own",
        context=builds.keep(context(files)),
        dockerfile="docker/Dockerfile",
        labels={"team": "vision team"},
    )
    job, _ = builds.finished(stage)
    assert job.state == JobState.COMPLETED, builds.log(job)
    reference = owner.results[0].reference
    command = ["sh", "-c", "cat /copied.txt; ls -a /context"]
    said = docker_engine.containers.run(reference, command, remove=True, network_mode="none").decode().split()
    assert {"network", "note.txt"} <= set(said)
    assert "secret.txt" not in said
    assert docker_engine.images.get(reference).labels["team"] == "vision team"
    assert left(docker_engine) == []


def test_a_step_that_fails_says_so_and_leaves_nothing(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    text = f"FROM {base_image}\nRUN echo begun > /begun\nRUN echo the compiler is missing >&2; exit 3\n"
    stage = Stage(name="environment", tag="atelier-test/broken", context=builds.keep(context({"Dockerfile": text})))
    job, _ = builds.finished(stage)
    assert job.state == JobState.FAILED
    assert owner.moves[-1][1] == "A step failed (exit code 3):\nthe compiler is missing"
    assert left(docker_engine) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM evil.example/miner\n", "The base image evil.example/miner is not allowed in this studio."),
        ("FROM python:3.11-nosuch\n", "The base image python:3.11-nosuch is not on the Docker engine."),
    ],
)
def test_a_base_that_is_not_allowed_or_not_there_is_told(
    builds: BuildBench, owner: Remembering, text: str, said: str
) -> None:
    stage = Stage(name="environment", tag="atelier-test/refused", context=builds.keep(context({"Dockerfile": text})))
    builds.finished(stage)
    assert owner.moves[-1][1].startswith(said)


def test_packages_that_do_not_fit_are_told_in_the_resolvers_words(builds: BuildBench, owner: Remembering) -> None:
    stage = Stage(name="environment", tag="atelier-test/nothing", packages=("idna==0.0.0.1",))
    builds.finished(stage)
    state, problem = owner.moves[-1]
    assert state == JobState.FAILED
    assert problem.startswith("The packages could not be brought together:")
    assert "idna==0.0.0.1" in problem


def test_two_equal_builds_at_once_make_one(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    text = f"FROM {base_image}\nRUN sleep 2; date +%N > /when\n"
    stage = Stage(name="environment", tag="atelier-test/once", context=builds.keep(context({"Dockerfile": text})))
    first, second = builds.start(stage), builds.start(stage)
    tasks.dispatch(builds.target.pk)
    said = [builds.log(builds.wait(job, seconds=60)) for job in (first, second)]
    assert sum("Another build is making this" in log for log in said) == 1
    assert sum("Using the image that is there" in log for log in said) == 1
    assert owner.results[0].image_id == owner.results[1].image_id
    assert left(docker_engine) == []


def test_a_cancel_in_the_middle_leaves_nothing(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    job = builds.build(*slow(builds, base_image))
    builds.wait(job, lambda job: "begun" in builds.log(job), seconds=30)
    jobs.request_stop(actor=builds.actor, job=job)
    tasks.enforce_cancel(job.pk)
    job = builds.wait(job, seconds=30)
    assert (job.state, owner.moves[-1]) == (JobState.CANCELED, (JobState.CANCELED, ""))
    assert "Canceled: removing what was begun" in builds.log(job)
    assert left(docker_engine) == []
    assert docker_engine.images.list(name="atelier-test/slow") == []


def slow(builds: BuildBench, base_image: str, seconds: int = 60) -> tuple[Stage, ...]:
    """A stage that takes long, with something to remove in it."""
    text = f"FROM {base_image}\nRUN echo made > /made\nRUN echo begun; sleep {seconds}\n"
    files = context({"Dockerfile": text})
    return (Stage(name="environment", tag="atelier-test/slow", context=builds.keep(files)),)
