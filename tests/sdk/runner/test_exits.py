"""What a return code means to a person, and what a job leaves behind."""

import os
from pathlib import Path

import pytest
from atelier import _problem_file
from atelier.runner import environment, exits
from atelier.runner.logs import Spool
from atelier.runner.system import Tree


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "log.txt")


@pytest.mark.parametrize(
    ("code", "exit_code", "signal", "reason"),
    [
        (0, 0, "", "exit"),
        (1, 1, "", "exit"),
        (-9, 137, "SIGKILL", "signal"),
        (-15, 143, "SIGTERM", "signal"),
        (-11, 139, "SIGSEGV", "signal"),
        (137, 137, "SIGKILL", "signal"),
        (130, 130, "SIGINT", "signal"),
        (200, 200, "", "exit"),
        (255, 255, "", "exit"),
    ],
)
def test_a_return_code_is_a_code_or_a_signal(spool: Spool, code: int, exit_code: int, signal: str, reason: str) -> None:
    found = exits.explain(code, spool=spool, memory=exits.MemoryWatch())
    assert (found.exit_code, found.signal, found.reason) == (exit_code, signal, reason)
    assert bool(found.message) == (code != 0)


@pytest.mark.parametrize("line", ["OSError: [Errno 28] No space left on device", "write: Disk quota exceeded"])
def test_a_full_disk_is_found_in_the_last_lines(spool: Spool, line: str) -> None:
    spool.write("x" * 100_000 + "\n" + line + "\n")
    assert exits.explain(1, spool=spool, memory=exits.MemoryWatch()).reason == "disk_full"


@pytest.mark.parametrize(("code", "reason"), [(0, "exit"), (-9, "signal"), (1, "client")])
def test_a_command_that_fails_by_itself_may_say_why(spool: Spool, code: int, reason: str) -> None:
    found = exits.explain(code, spool=spool, memory=exits.MemoryWatch(), told="There is no column 'price'.")
    assert found.reason == reason
    assert (found.message == "There is no column 'price'.") == (reason == "client")


def test_what_is_handed_over_is_one_line_of_a_plain_file(tmp_path: Path) -> None:
    path, other = tmp_path / "problem.txt", tmp_path / "link"
    assert _problem_file.told(path) == ""
    path.write_bytes(b"\x1b[31mNo column\n\n  'price'.\xff\0")
    assert _problem_file.told(path) == "[31mNo column 'price'.\N{REPLACEMENT CHARACTER}"
    path.write_text("word " * 100_000)
    assert len(_problem_file.told(path)) <= _problem_file.LIMIT
    other.symlink_to(path)
    assert (_problem_file.told(other), _problem_file.told(tmp_path)) == ("", "")
    os.mkfifo(tmp_path / "pipe")
    assert _problem_file.told(tmp_path / "pipe") == ""


def test_the_process_tree_is_measured() -> None:
    import os

    import psutil

    tree = Tree(psutil, os.getpid())
    tree.sample()
    values = tree.sample()
    assert values["memory_mb"] > 1
    assert {"cpu_percent", "disk_read_mb_per_s", "network_sent_mb_per_s"} <= set(values)
    assert Tree(psutil, 2**22 + 1).sample() == {}


def test_pip_files_and_variables_become_uvs_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://from.file/simple\nfind-links = /wheels\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://from.variable/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://another/simple")
    for name in ("UV_DEFAULT_INDEX", "UV_FIND_LINKS", "PIP_FIND_LINKS", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    variables = environment.build_variables()
    assert variables["UV_DEFAULT_INDEX"] == "https://from.variable/simple"
    assert variables["UV_FIND_LINKS"] == "/wheels"
    assert variables["UV_INDEX_STRATEGY"] == "unsafe-best-match", "pip takes the best of all indexes"
    assert "PYTHONPATH" not in variables
