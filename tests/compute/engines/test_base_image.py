"""The image that everything is built on: which one it is, what is in it, and which names people may give."""

import docker
import pytest

from compute.engines import base_image, hardening, host_python
from compute.engines.base_image import Rules
from studio.errors import Invalid, Unavailable

PROBE = """
import bz2, ctypes, json, lzma, os, socket, sqlite3, ssl, sys, zoneinfo
zoneinfo.ZoneInfo("Europe/Berlin")
for name in ("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libstdc++.so.6", "libgcc_s.so.1"):
    ctypes.CDLL(name)
stale = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__cached__", None) and not os.path.exists(module.__cached__)]
print(json.dumps({"version": "%d.%d" % sys.version_info[:2], "prefix": sys.prefix, "uid": os.getuid(), "stale": stale,
                  "authorities": ssl.create_default_context().cert_store_stats()["x509_ca"], "sh": os.system("ls / | grep -q usr")}))
"""


@pytest.mark.real
class TestMade:
    def test_it_runs_python_with_what_wheels_need(self, docker_engine: "docker.DockerClient", base_image: str) -> None:
        said = _run(docker_engine, base_image, PROBE)
        assert said["version"] == host_python.find().version
        assert (said["prefix"], said["uid"], said["sh"], said["stale"]) == ("/usr/local", 10001, 0, [])
        assert said["authorities"] > 20

    def test_asking_again_gives_the_same_one_at_once(
        self, docker_engine: "docker.DockerClient", base_image: str
    ) -> None:
        from compute.engines import base_image as bases

        before = len(docker_engine.images.list(name=bases.REPOSITORY))
        assert bases.ensure(docker_engine, rules=Rules()) == base_image
        assert len(docker_engine.images.list(name=bases.REPOSITORY)) == before

    def test_its_bytes_depend_on_the_interpreter_alone(self) -> None:
        import hashlib

        digests = set()
        for _ in range(2):
            with host_python.root_filesystem(host_python.find()) as archive, archive.open("rb") as stream:
                digests.add(hashlib.file_digest(stream, "sha256").hexdigest())
        assert len(digests) == 1

    def test_a_python_that_is_nowhere_is_said(self, docker_engine: "docker.DockerClient") -> None:
        with pytest.raises(Unavailable, match=r"no image with Python 3\.99") as caught:
            base_image.ensure(docker_engine, "3.99", rules=Rules())
        assert "python:3.99-slim" in caught.value.hint

    def test_an_image_the_operator_names_and_the_engine_lacks_is_said(
        self, docker_engine: "docker.DockerClient"
    ) -> None:
        with pytest.raises(Unavailable, match="not on the Docker engine"):
            base_image.ensure(docker_engine, rules=Rules(reference="registry.invalid/base:1"))


@pytest.mark.parametrize("version", ["3", "2.7", "3.11.4", "3.11; rm -rf /", "../3.11", "3.111"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(Invalid):
        base_image.ensure(None, version, rules=Rules())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        *("python:3.11-slim", "python", "docker.io/library/python:3.12", "library/python:3", "debian:12"),
        *("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20240304.v1", "python@sha256:" + "0" * 64),
    ],
)
def test_the_usual_bases_are_allowed(name: str) -> None:
    assert base_image.check_allowed(name, rules=Rules()) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "alpine:3",
            "atelier-env:abc",
            "evil/python:3.11",
            "registry.example.com/python:3",
            "pythonx",
            "localhost:5000/python",
        ),
        "mcr.microsoft.com/other/thing:1",
    ],
)
def test_other_bases_are_not(name: str) -> None:
    with pytest.raises(Invalid, match="not allowed") as caught:
        base_image.check_allowed(name, rules=Rules())
    assert "ATELIER_ALLOWED_BASE_IMAGES" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../python",
            "python/../../etc",
            "python:..",
            "python:3.11/..",
            "Python",
            "python slim",
            "python:3\n11",
            "",
            "-python",
        ),
        *(
            "python:" + "a" * 129,
            "a" * 400,
            "python\0",
            "py..thon",
            "//python",
            "python/",
            "http://python",
            "python:$(id)",
        ),
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="no image name"):
        base_image.check_allowed(name, rules=Rules(allowed=("*",)))


def test_the_operator_says_which_are_allowed() -> None:
    rules = Rules(allowed=("registry.example.com/base/*", "alpine:3.20"))
    assert base_image.check_allowed("registry.example.com/base/ml:7", rules=rules)
    assert base_image.check_allowed("alpine:3.20", rules=rules)
    for name in ("alpine:3.19", "python:3.11", "registry.example.com/other:1"):
        with pytest.raises(Invalid):
            base_image.check_allowed(name, rules=rules)


def test_the_operators_own_base_is_always_allowed() -> None:
    assert base_image.check_allowed("internal/base:1", rules=Rules(reference="internal/base:1"))


def _run(client: "docker.DockerClient", image: str, script: str) -> dict[str, object]:
    import json

    container = client.containers.create(
        image, ["python", "-c", script], **hardening.limits(memory=256 * 2**20, labels={"atelier.test": "base"})
    )
    try:
        container.start()
        container.wait(timeout=60)
        return dict(json.loads(container.logs(stderr=False)))
    finally:
        container.remove(force=True, v=True)
