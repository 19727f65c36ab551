"""Snapshots of code folders: what goes in, the digest, and unpacking without leaving the folder."""

import hashlib
import io
import os
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import atelier
import pytest
from atelier import _names, _snapshot

from studio.errors import Invalid
from studio.storage.names import safe_relpath


def make(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


def tree(folder: Path, files: dict[str, str]) -> Path:
    return make(folder, **files)


def paths(folder: Path) -> list[str]:
    return [item.path for item in _snapshot.scan(folder).files]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ("*.log", ["a.py", "data/x.csv", "sub/keep/b.py", "sub/keep/data/y.csv"]),
        ("data/", ["a.py", "run.log", "sub/keep/b.py", "sub/run.log"]),
        ("/data", ["a.py", "run.log", "sub/keep/b.py", "sub/keep/data/y.csv", "sub/run.log"]),
        ("sub/keep/*.py", ["a.py", "data/x.csv", "run.log", "sub/keep/data/y.csv", "sub/run.log"]),
        ("**/data/**", ["a.py", "run.log", "sub/keep/b.py", "sub/run.log"]),
        ("sub/**/y.csv", ["a.py", "data/x.csv", "run.log", "sub/keep/b.py", "sub/run.log"]),
        ("*\n!*.py\n!*/", ["a.py", "sub/keep/b.py"]),
        ("sub\n!sub/run.log", ["a.py", "data/x.csv", "run.log"]),
        ("[rs]un.log", ["a.py", "data/x.csv", "sub/keep/b.py", "sub/keep/data/y.csv"]),
        ("# a remark\n\n?.py", ["data/x.csv", "run.log", "sub/keep/data/y.csv", "sub/run.log"]),
    ],
)
def test_ignore_rules_are_those_of_git(tmp_path: Path, rules: str, kept: list[str]) -> None:
    names = ["a.py", "run.log", "data/x.csv", "sub/run.log", "sub/keep/b.py", "sub/keep/data/y.csv"]
    folder = tree(tmp_path / "code", dict.fromkeys(names, "x"))
    (folder / ".gitignore").write_text(rules)
    assert [path for path in paths(folder) if path != ".gitignore"] == kept
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    listing = ["git", "-C", str(folder), "ls-files", "--others", "--exclude-standard"]
    by_git = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    assert sorted(path for path in by_git if path != ".gitignore") == kept


def test_inner_and_later_ignore_files_win(tmp_path: Path) -> None:
    folder = tree(
        tmp_path,
        {
            ".gitignore": "*.csv\n*.bin\n",
            ".amlignore": "!small.csv\n*.txt\n",
            "sub/.gitignore": "!*.bin\n",
            "small.csv": "1",
            "large.csv": "2",
            "a.txt": "3",
            "x.bin": "4",
            "sub/x.bin": "5",
        },
    )
    assert paths(folder) == [".amlignore", ".gitignore", "small.csv", "sub/.gitignore", "sub/x.bin"]


def test_rules_above_the_folder_hold_up_to_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    tree(tmp_path, {".gitignore": "*.ckpt\n/hidden/\n", "code/a.py": "1", "code/w.ckpt": "2", "hidden/b.py": "3"})
    assert paths(tmp_path / "code") == ["a.py"]
    assert paths(tmp_path / "hidden") == ["b.py"]


def test_links_caches_and_git_stay_out_with_a_note(tmp_path: Path) -> None:
    tree(tmp_path, {"a.py": "1", "__pycache__/a.pyc": "2", ".git/config": "3", "b:c.py": "4"})
    (tmp_path / "secret").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to(tmp_path)
    scanned = _snapshot.scan(tmp_path)
    assert [item.path for item in scanned.files] == ["a.py"]
    assert [note.split(" was")[0] for note in scanned.notes] == ["b:c.py", "loop", "secret"]


def test_the_digest_is_the_documented_one_and_the_zip_is_always_the_same(tmp_path: Path) -> None:
    folder = tree(tmp_path / "one", {"b.py": "bb", "a/z.py": "a", "a.py": ""})
    lines = ""
    for name in ["a.py", "a/z.py", "b.py"]:
        content = (folder / name).read_bytes()
        lines += f"{hashlib.sha256(content).hexdigest()}  {len(content)}  {name}\n"
    expected = hashlib.sha256(lines.encode()).hexdigest()
    first, second = io.BytesIO(), io.BytesIO()
    assert _snapshot.write_zip(_snapshot.scan(folder), first) == expected
    assert _snapshot.tree_digest(_snapshot.scan(folder)) == expected
    os.utime(folder / "b.py", (1, 1))
    _snapshot.write_zip(_snapshot.scan(folder), second)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        assert _snapshot.digest(_snapshot.read_manifest(archive)) == expected


def test_names_are_stored_in_form_nfc(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "é.py")).write_text("1")
    assert paths(tmp_path) == ["é.py"]


def test_a_folder_over_the_limit_names_its_largest_files(tmp_path: Path) -> None:
    tree(tmp_path, {"small.py": "1", "huge.bin": "x" * 5000})
    with pytest.raises(atelier.SnapshotError, match=r"largest files: huge\.bin"):
        _snapshot.scan(tmp_path, limit=1000)


def test_what_is_packed_can_be_unpacked(tmp_path: Path) -> None:
    folder = tree(tmp_path / "code", {"a.py": "1", "tools/run.sh": "#!/bin/sh\n"})
    with (tmp_path / "code.zip").open("wb") as target:
        digest = _snapshot.write_zip(_snapshot.scan(folder), target)
    entries = _snapshot.unpack(tmp_path / "code.zip", tmp_path / "out")
    assert _snapshot.digest(entries) == digest
    assert (tmp_path / "out/a.py").read_text() == "1"
    assert os.access(tmp_path / "out/tools/run.sh", os.X_OK)
    assert not os.access(tmp_path / "out/a.py", os.X_OK)


@pytest.mark.parametrize("name", ["../evil.py", "/abs.py", "a/../../evil.py", "C:\\x.py", "a//b.py", "./a.py"])
def test_A39_a_member_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(atelier.SnapshotError):
        _snapshot.unpack(tmp_path / "evil.zip", tmp_path / "out")
    assert not list(tmp_path.rglob("evil.py"))


def test_A39_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(atelier.SnapshotError):
        _snapshot.unpack(tmp_path / "evil.zip", tmp_path / "out")


def test_A41_an_archive_that_unpacks_to_too_much_is_stopped(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 3_000_000)
    with pytest.raises(atelier.SnapshotError, match="more than is allowed"):
        _snapshot.unpack(tmp_path / "bomb.zip", tmp_path / "out", limit=1_000_000)


def test_a_file_that_cannot_be_unpacked_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(atelier.SnapshotError, match="not a zip archive"):
        _snapshot.unpack(tmp_path / "x.zip", tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    [
        "a.py",
        "a b/c.txt",
        "é.py",
        "../a",
        "a//b",
        "/a",
        "a:b",
        "a;b",
        "a\\b",
        "a\x1bb",
        "a /b",
        "x%2e",
        "a\u202eb",
        "",
        "n" * 1025,
    ],
)
def test_client_and_server_have_one_opinion_of_a_name(name: str) -> None:
    try:
        refused = safe_relpath(name) == ""
    except Invalid:
        refused = True
    assert bool(_names.problem(name)) == refused
