"""The code of runs: tree, files, differences."""

import io
import zipfile
from collections.abc import Callable

import pytest

from runs.tracking.models import Snapshot
from runs.tracking.queries import code
from runs.tracking.services import snapshots
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, NotFound
from studio.storage import folders
from tests.factories import make_run
from tests.people import ApiClient, People

Make = Callable[[dict[str, bytes]], Snapshot]


@pytest.fixture
def snapshot(workspace: Workspace, ben: User) -> Make:
    def make(files: dict[str, bytes]) -> Snapshot:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)
        digest = snapshots.digest_of(folders.read_manifest(target))
        target.seek(0)
        return snapshots.store_snapshot(actor=ben, workspace=workspace, digest=digest, stream=target)

    return make


def test_the_tree_has_folders_before_files_and_their_sizes(snapshot: Make) -> None:
    found = code.code_tree(snapshot({"z.py": b"1", "lib/b.py": b"22", "lib/deep/a.py": b"333", "A.md": b""}))
    assert [(entry.path, entry.is_dir, entry.size, entry.depth) for entry in found] == [
        ("lib", True, 5, 0),
        ("lib/deep", True, 3, 1),
        ("lib/deep/a.py", False, 3, 2),
        ("lib/b.py", False, 2, 1),
        ("A.md", False, 0, 0),
        ("z.py", False, 1, 0),
    ]


def test_a_file_is_text_or_is_not(snapshot: Make) -> None:
    found = snapshot({"a.py": "x = 'é'\n".encode(), "b.bin": b"\x00\x01", "c.txt": b"\xff\xfe\xff" * 10})
    assert code.read_file(found, "a.py").text == "x = 'é'\n"
    assert code.read_file(found, "b.bin").text is None
    assert code.read_file(found, "c.txt").text is None
    with pytest.raises(NotFound):
        code.read_file(found, "missing.py")
    with pytest.raises(Invalid):
        code.read_file(found, "../a.py")


def test_a_long_file_is_cut_and_says_so(snapshot: Make) -> None:
    found = code.read_file(snapshot({"long.txt": "é".encode() * 600_000}), "long.txt")
    assert found.is_truncated
    assert found.text is not None
    assert len(found.text.encode()) <= code.MAX_FILE


def test_the_difference_is_told_file_by_file_with_line_numbers(snapshot: Make) -> None:
    before = snapshot({"same.py": b"1\n", "a.py": b"one\ntwo\nthree\n", "gone.py": b"x\n", "b.bin": b"\x00"})
    after = snapshot({"same.py": b"1\n", "a.py": b"one\n2\nthree\n-- four\n", "new.py": b"y\n", "b.bin": b"\x01\x00"})
    found = code.diff(before, after)
    assert [(item.path, item.change) for item in found.files] == [
        ("a.py", "changed"),
        ("b.bin", "changed"),
        ("gone.py", "removed"),
        ("new.py", "added"),
    ]
    assert found.same_count == 1
    assert [(line.kind, line.text, line.old, line.new) for line in found.files[0].lines[1:]] == [
        ("same", "one", 1, 1),
        ("removed", "two", 2, None),
        ("added", "2", None, 2),
        ("same", "three", 3, 3),
        ("added", "-- four", None, 4),
    ]
    assert found.files[1].note == "Not shown: it is no text."


def test_a_removed_line_that_looks_like_a_header_is_a_line(snapshot: Make) -> None:
    found = code.diff(snapshot({"a": b"-- x\n"}), snapshot({"a": b"++ y\n"}))
    assert [(line.kind, line.text) for line in found.files[0].lines[1:]] == [("removed", "-- x"), ("added", "++ y")]


def test_a_difference_has_limits(snapshot: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_DIFF_LINES", 10)
    monkeypatch.setattr(code, "MAX_DIFF_FILES", 2)
    found = code.diff(
        snapshot({"empty": b""}), snapshot({name: b"x\n" * 50 for name in ("a", "b", "c")} | {"empty": b""})
    )
    assert found.is_truncated
    assert len(found.files) == 2
    assert sum(len(item.lines) for item in found.files) <= 10


def test_over_rest(api: Callable[..., ApiClient], people: People, snapshot: Make) -> None:
    one = make_run(people.workspace, snapshot=snapshot({"train.py": b"lr = 1\n"}))
    two = make_run(people.workspace, snapshot=snapshot({"train.py": b"lr = 2\n"}))
    bare = make_run(people.workspace)
    client = api(people.rita, base="/api/v1/workspaces/vision/")
    assert client.get(f"runs/{one.pk}/code").json()["entries"][0]["path"] == "train.py"
    response = client.get(f"runs/{one.pk}/code/train.py")
    assert b"".join(response.streaming_content) == b"lr = 1\n"  # type: ignore[attr-defined]
    assert response["Content-Security-Policy"].startswith("sandbox")
    diff = client.get(f"runs/{two.pk}/code/diff?with={one.pk}").json()
    assert [line["text"] for line in diff["files"][0]["lines"]][1:] == ["lr = 1", "lr = 2"]
    packed = client.get(f"runs/{one.pk}/code.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert archive.namelist() == ["train.py"]
    assert client.get(f"runs/{bare.pk}/code").status_code == 404
    assert client.get(f"runs/{one.pk}/code/diff?with=../x").status_code == 400
    foreign = make_run(people.elsewhere)
    assert client.get(f"runs/{one.pk}/code/diff?with={foreign.pk}").status_code == 404
