"""What MLflow kept, brought in: true times, once, and nothing that was not asked for."""

import json
import math
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.people import People
from tests.sdk.exchange.conftest import CHILD, PARENT

pytestmark = pytest.mark.django_db(transaction=True)


def run_command(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert _cli.main([*words, "-o", "json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def imported(run_id: str) -> atelier.Run:
    return atelier.Workspace().run(Run.objects.get(external_id=f"mlflow:{run_id}").pk)


def test_a_dry_run_counts_and_creates_nothing(studio: People, mlruns: Path, capsys: Any) -> None:
    report = run_command(capsys, "import", "mlflow", str(mlruns), "--dry-run")
    assert (report["runs_new"], report["points"], report["files"]) == (2, 3, 1)
    assert not Run.objects.exists()


def test_a_file_store_comes_over_whole(studio: People, mlruns: Path, capsys: Any) -> None:
    report = run_command(capsys, "import", "mlflow", str(mlruns))
    assert (report["runs_new"], report["points"], report["files"]) == (2, 3, 1)
    run = imported(PARENT)
    assert (run.name, run.experiment, run.state) == ("smiling-shrew-3", "old digits", "completed")
    assert run.data["started_at"].startswith("2020-09-13T12:26:40")
    assert run.data["duration_seconds"] == 60
    assert run.data["description"] == "Words."
    assert (run.params, run.tags) == ({"lr": "0.1"}, {"team": "blue"})
    history = run.history("val/loss")
    assert (history.step, history.time_ms[0]) == ([0, 1, 2], 1600000000000)
    assert math.isnan(history.value[1])
    assert [item.path for item in run.artifacts()] == ["model/weights.bin"]
    assert imported(CHILD).data["parent"] == run.id
    assert imported(CHILD).state == "failed"


def test_an_import_that_is_run_again_brings_only_what_is_new(studio: People, mlruns: Path, capsys: Any) -> None:
    run_command(capsys, "import", "mlflow", str(mlruns))
    with (mlruns / "7" / PARENT / "metrics/val/loss").open("a") as metric:
        metric.write("1600000003000 0.125 3\n")
    (mlruns / "7" / PARENT / "artifacts/more.txt").write_text("more")
    report = run_command(capsys, "import", "mlflow", str(mlruns))
    assert (report["runs_new"], report["runs_known"], report["points"], report["files"]) == (0, 2, 1, 1)
    assert Run.objects.count() == 2
    assert imported(PARENT).history("val/loss").step == [0, 1, 2, 3]


def test_a_database_comes_over_with_what_is_not_finite(studio: People, mlflow_db: Path, capsys: Any) -> None:
    report = run_command(capsys, "import", "mlflow", f"sqlite:///{mlflow_db}", "--prefix", "old")
    assert (report["runs_new"], report["points"], report["files"]) == (2, 3, 1)
    assert any("s3://bucket/r2" in note for note in report["notes"])
    run = imported("r1")
    assert (run.experiment, run.data["git"]) == ("old/from the database", {"commit": "abc"})
    values = run.history("loss").value
    assert values[0] == 0.5
    assert math.isnan(values[1])
    assert math.isinf(values[2])
    assert [item.path for item in run.artifacts()] == ["notes.md"]
    unfinished = imported("r2")
    assert (unfinished.state, unfinished.tags) == ("canceled", {"import.status": "RUNNING"})


def test_what_is_no_mlflow_is_refused_with_a_sentence(studio: People, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\0" + b"\0" * 100)
    assert _cli.main(["import", "mlflow", str(tmp_path / "other.db")]) == 2
    assert "no MLflow database" in capsys.readouterr().err
    assert _cli.main(["import", "mlflow", str(tmp_path / "nothing")]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_a_file_store_brings_its_registry_and_its_logged_models(studio: People, registry: Path, capsys: Any) -> None:
    report = run_command(capsys, "import", "mlflow", str(registry))
    assert (report["versions_new"], report["logged_models_new"], report["notes"]) == (3, 1, [])
    here = atelier.Workspace()
    model, run = here.models.get("digits clf"), imported(PARENT)
    assert (model["description"], model["tags"]["team"], model["aliases"]) == ("Reads digits.", "blue", {"champion": 2})
    versions = {row["version"]: row for row in here.models.versions("digits clf")}
    logged = here.client.get(f"logged-models/{next(iter(here.client.pages('logged-models')))['id']}")
    assert (logged["name"], logged["source_run"], logged["params"]) == ("net", run.id, {"depth": "6"})
    assert [versions[number]["source"] for number in (1, 2)] == [f"models:/{logged['id']}", f"runs:/{run.id}/model"]
    assert [versions[number]["stage"] for number in (1, 2, 3)] == ["Archived", "Production", "None"]
    assert versions[2]["tags"]["ok"] == "yes"
    assert versions[1]["created_at"].startswith("2020-09-13T12:27:10.001")
    held = [[file["path"] for file in here.models.files("digits clf", number)] for number in (1, 2, 3)]
    assert held == [["MLmodel"], ["weights.bin"], ["weights.bin"]]


def test_a_registry_of_files_that_is_run_again_brings_nothing_twice(
    studio: People, registry: Path, capsys: Any
) -> None:
    first = run_command(capsys, "import", "mlflow", str(registry), "--dry-run")
    assert (first["versions_new"], first["logged_models_new"]) == (3, 1)
    run_command(capsys, "import", "mlflow", str(registry))
    counts = ("runs_new", "versions_new", "logged_models_new", "points", "files")
    for words in (("--dry-run",), ()):
        again = run_command(capsys, "import", "mlflow", str(registry), *words)
        assert [again[name] for name in counts] == [0, 0, 0, 0, 0]
    assert len(list(atelier.Workspace().models.versions("digits clf"))) == 3


def test_a_folder_without_experiments_is_refused_with_a_sentence(studio: People, tmp_path: Path, capsys: Any) -> None:
    assert _cli.main(["import", "mlflow", str(tmp_path)]) == 2
    assert "usually mlruns" in capsys.readouterr().err


def test_a_reader_imports_nothing(studio: People, mlruns: Path, monkeypatch: Any, capsys: Any) -> None:
    from tests.factories import make_token

    monkeypatch.setenv("ATELIER_TOKEN", make_token(studio.rita))
    assert _cli.main(["import", "mlflow", str(mlruns)]) == 4
    assert not Run.objects.exists()
