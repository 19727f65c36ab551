"""Runs into a zip of open formats, and back."""

import json
import zipfile
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(studio: People, tmp_path: Path) -> atelier.Run:
    """A run with points, parameters and a file in a folder."""
    (tmp_path / "weights.bin").write_bytes(b"weights" * 1000)
    with atelier.start_run(experiment="vision/digits", name="best", params={"lr": 0.1}, tags={"team": "blue"}) as made:
        for step in range(2_345):
            made.log({"loss": 1 / (step + 1), "acc": step}, step=step)
        made.log({"odd": float("nan")})
        made.log_artifact(tmp_path / "weights.bin", "model")
    return atelier.Workspace().run(made.id)


def command(capsys: Any, *words: str) -> dict[str, Any]:
    assert _cli.main([*words, "-o", "json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def test_an_export_is_open_formats(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    import pyarrow.parquet

    target = tmp_path / "out.zip"
    made = command(capsys, "export", "run", run.id, "--to", str(target))
    assert (made["runs"], made["points"]) == (1, 4_691)
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("manifest.json"))["format"] == "atelier-export"
        (record,) = json.loads(archive.read("runs.json"))
        assert (record["name"], record["params"], record["tags"]) == ("best", {"lr": "0.1"}, {"team": "blue"})
        assert archive.read(f"runs/{run.id}/files/model/weights.bin") == b"weights" * 1000
        with archive.open(f"metrics/{run.id}.parquet") as member:
            table = pyarrow.parquet.read_table(member)
    assert table.column_names == ["key", "step", "time_ms", "value"]
    assert table.num_rows == 4_691


def test_what_was_exported_comes_back_once(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "out.zip"
    command(capsys, "export", "experiment", "vision/digits", "--to", str(target))
    first = command(capsys, "import", "zip", str(target), "--prefix", "back")
    again = command(capsys, "import", "zip", str(target), "--prefix", "back")
    assert (first["runs_new"], first["points"]) == (1, 4_691)
    assert (again["runs_new"], again["runs_known"], again["points"], again["files"]) == (0, 1, 0, 0)
    copy = atelier.Workspace().run(Run.objects.get(external_id=f"atelier:vision/{run.id}").pk)
    assert (copy.name, copy.experiment, copy.state) == ("best", "back/vision/digits", "completed")
    assert copy.history("loss").value == run.history("loss").value
    assert copy.history("loss").time_ms == run.history("loss").time_ms
    assert "model/weights.bin" in [item.path for item in copy.artifacts()]
    assert copy.data["started_at"][:23] == run.data["started_at"][:23]


def test_an_export_never_overwrites_and_leaves_no_half(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "out.zip"
    target.write_text("precious")
    assert _cli.main(["export", "run", run.id, "--to", str(target)]) == 2
    assert target.read_text() == "precious"
    assert _cli.main(["export", "run", "222222222222", "--to", str(tmp_path / "none.zip")]) == 3
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["out.zip"]


def test_what_is_no_export_is_refused(studio: People, tmp_path: Path, capsys: Any) -> None:
    odd = tmp_path / "odd.zip"
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("manifest.json", "{}")
    assert _cli.main(["import", "zip", str(odd)]) == 2
    assert "no export" in capsys.readouterr().err
    odd.write_bytes(b"nothing")
    assert _cli.main(["import", "zip", str(odd)]) == 2


def test_names_in_a_zip_are_judged_by_the_studio(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    target, evil = tmp_path / "out.zip", tmp_path / "evil.zip"
    command(capsys, "export", "run", run.id, "--to", str(target))
    with zipfile.ZipFile(target) as good, zipfile.ZipFile(evil, "w") as bad:
        for name in ("manifest.json", "runs.json"):
            bad.writestr(name, good.read(name))
        bad.writestr(f"runs/{run.id}/files/../../etc/passwd", "x")
    report = command(capsys, "import", "zip", str(evil))
    assert (report["runs_new"], report["files"]) == (1, 0)
    assert "left out" in report["notes"][0]
