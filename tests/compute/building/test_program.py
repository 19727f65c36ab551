"""What a build's program decides without an engine."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from compute.building.program import archives, dockerfiles, packages, reading, telling
from compute.building.program.failing import Problem

LABELS = {"atelier.build": "7.1"}


def test_the_program_loads_without_django() -> None:
    code = "import sys; from compute.building.program import session; assert 'django' not in sys.modules"
    path = f"{settings.BASE_DIR}:{settings.BASE_DIR}/sdk/src"
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}, check=True, timeout=60)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "--index-url https://evil.example",
            "-e .",
            "-r other.txt",
            "./wheel.whl",
            "/etc/passwd",
            "file:///etc/passwd",
        ),
        *(
            "name @ file:///etc/passwd",
            "git+https://git.example/x",
            "x @ git+https://git.example/x",
            "x\n--pre",
            "../x",
        ),
        *("x @ http://plain.example/x.whl", "folder/x.whl", "x==1\r--pre", "", "x==1 /etc/passwd"),
    ],
)
def test_what_is_no_requirement_never_reaches_the_resolver(line: str) -> None:
    with pytest.raises(Problem):
        packages.checked([line])


def test_requirements_pass_as_they_are() -> None:
    lines = [
        "numpy",
        "scikit-learn==1.5.2",
        "uvicorn[standard]>=0.30,<1 ; python_version > '3.8'",
        "x @ https://a.b/x.whl",
    ]
    assert packages.checked(lines) == lines


def test_the_resolver_hears_nothing_of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_TOKEN", "atj_1_secret")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "atj_1_secret")
    found = packages.variables("https://me:password@pypi.example/simple")
    assert "atj_1_secret" not in found.values()
    assert found["UV_DEFAULT_INDEX"] == "https://me:password@pypi.example/simple"


def marked(text: str, brought: list[str] | None = None, **more: Any) -> str:
    seen = brought if brought is not None else []

    def bring(reference: str) -> str:
        seen.append(reference)
        return reference

    return dockerfiles.marked(text, labels=LABELS, bring=bring, may_fetch=more.get("may_fetch", False))


def test_every_stage_of_a_dockerfile_is_marked_and_every_image_judged() -> None:
    brought: list[str] = []
    text = (
        "# a remark\nARG BASE=python:3.11\nFROM --platform=linux/amd64 ${BASE} AS Build\nRUN make \\\n  # inside\n  all\n"
        "FROM build\nfrom scratch\nCOPY --from=BUILD /a /a\nCOPY --from=0 /b /b\nCOPY --from=debian:12 /c /c\n"
    )
    assert marked(text, brought).count("LABEL atelier.build=7.1\n") == 3
    assert brought == ["python:3.11", "debian:12"]
    assert marked(text).splitlines()[2:4] == ["FROM --platform=linux/amd64 ${BASE} AS Build", "LABEL atelier.build=7.1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("RUN true\n", "has no FROM line"),
        ("FROM $BASE\n", "names the variable BASE"),
        ("FROM a b c\n", "can't be read"),
        ("FROM a\nADD https://evil.example/x /x\n", "ADD may not fetch"),
        ("FROM a\nADD $URL /x\n", "ADD may not fetch"),
        ('FROM a\nADD ["http://evil.example/x", "/x"]\n', "ADD may not fetch"),
        ("FROM a\nRUN --mount=type=secret,id=x cat /run/secrets/x\n", "needs BuildKit"),
        ("FROM a\nONBUILD RUN x\n", "ONBUILD is not used"),
        ("FROM a\nCOPY --from=$X /a /a\n", "can't be read"),
    ],
)
def test_what_a_dockerfile_may_not_say(text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        marked(text)


def test_where_builds_have_a_network_add_may_fetch() -> None:
    assert "ADD https" in marked("FROM a\nADD https://files.example/x /x\n", may_fetch=True)


@pytest.mark.parametrize("name", ["A\nRUN evil", "A B", "$(x)", 'A"'])
def test_a_variables_name_is_one_word(name: str) -> None:
    with pytest.raises(Problem):
        written(environment={name: "1"})


def written(**more: Any) -> str:
    nothing = {"archives": [], "compiled": [], "environment": {}, "workdir": "", "user": "", "command": (), "ports": ()}
    return dockerfiles.written(**{"base": "b", "labels": {}, **nothing, **more})


def test_a_variables_value_is_never_an_instruction() -> None:
    assert written(environment={"A": 'x\nRUN "$evil" \\'}) == 'FROM b\nENV A="x RUN \\"\\$evil\\" \\\\"\n'


def test_archives_are_the_same_bytes_whenever_they_are_made(tmp_path: Path) -> None:
    digests = []
    for name, order in (("one", ("b", "a")), ("two", ("a", "b"))):
        folder = tmp_path / name
        (folder / "deep").mkdir(parents=True)
        for file in order:
            (folder / "deep" / file).write_text(file)
        (folder / "deep" / "a").chmod(0o700)
        (folder / "deep" / "link").symlink_to("/etc/passwd")
        archives.write(tmp_path / f"{name}.tar", archives.of_folder(folder, "/opt/x"))
        digests.append(hashlib.sha256((tmp_path / f"{name}.tar").read_bytes()).hexdigest())
    assert digests[0] == digests[1]
    with tarfile.open(tmp_path / "one.tar") as tar:
        found = {entry.name: oct(entry.mode) for entry in tar}
    assert found == {
        "opt": "0o755",
        "opt/x": "0o755",
        "opt/x/deep": "0o755",
        "opt/x/deep/a": "0o755",
        "opt/x/deep/b": "0o644",
    }


@pytest.mark.parametrize("name", ["../x", "a/../../x", "a//b", "a\\b"])
def test_a_zip_that_leads_out_of_its_place_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem):
        list(archives.of_zip(_zip(tmp_path, name, 0), "/opt"))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is a link"):
        list(archives.of_zip(_zip(tmp_path, "link", 0o120777 << 16), "/opt"))


def _zip(folder: Path, name: str, attributes: int) -> Path:
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename, info.external_attr = name, attributes
        archive.writestr(info, "x")
    return path


def test_scripts_start_with_the_images_python(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_bytes(b"#!/work/.venv/bin/python3.11\nimport tool\n")
    packages.portable_scripts(tmp_path)
    assert (tmp_path / "bin" / "tool").read_bytes() == b"#!/usr/bin/env python3\nimport tool\n"


def test_nothing_hidden_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    teller = telling.Teller()
    teller.hide(["hunter-two", "", "no"])
    teller.say("docker login -p hunter-two\nno more", indent=2)
    assert capsys.readouterr().out == "  docker login -p ***\n  no more\n"


def test_sizes_and_times_read_well() -> None:
    assert [telling.size(count) for count in (7, 15_000, 1_234_567, 98_700_000_000)] == [
        "7 bytes",
        "15 KB",
        "1.2 MB",
        "98.7 GB",
    ]
    assert [telling.seconds(count) for count in (0.04, 59, 75.3)] == ["0.0 s", "59.0 s", "1 min 15 s"]


def test_the_list_of_packages_is_a_cyclonedx_document() -> None:
    listed = [
        {"name": "NumPy", "version": "2.1", "licence": "BSD-3-Clause"},
        {"name": "odd", "version": "", "licence": "a licence of its own"},
    ]
    document = reading.sbom_of("vision/digits:1", "sha256:1", listed)
    assert document["specVersion"] == "1.6"
    assert [item["purl"] for item in document["components"]] == ["pkg:pypi/numpy@2.1", "pkg:pypi/odd"]
    assert document["components"][0]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    again = reading.sbom_of("vision/digits:1", "sha256:1", listed)
    assert again["serialNumber"] == document["serialNumber"]
