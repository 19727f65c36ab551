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


def test_an_export_that_comes_back_to_where_it_was_taken_from_changes_nothing(
    run: atelier.Run, studio: People, tmp_path: Path, capsys: Any
) -> None:
    target = tmp_path / "out.zip"
    command(capsys, "export", "workspace", "--to", str(target))
    for words in (("--dry-run",), ()):
        report = command(capsys, "import", "zip", str(target), *words)
        assert (report["runs_new"], report["runs_known"], report["points"], report["files"]) == (0, 1, 0, 0)
    assert Run.objects.get().source == "sdk"


def test_versions_find_the_runs_that_an_earlier_import_brought(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    models = atelier.Workspace().models
    models.register("digits", f"runs:/{run.id}/model")
    command(capsys, "export", "run", run.id, "--to", str(tmp_path / "run.zip"))
    command(capsys, "export", "model", "digits", "--to", str(tmp_path / "model.zip"))
    models.delete("digits")
    command(capsys, "import", "zip", str(tmp_path / "run.zip"), "--prefix", "copy")
    command(capsys, "import", "zip", str(tmp_path / "model.zip"), "--prefix", "copy")
    copy = Run.objects.get(external_id=f"atelier:vision/{run.id}")
    version = models.version("digits")
    assert (version["source"], version["run_id"]) == (f"runs:/{copy.pk}/model", copy.pk)
    assert [row["path"] for row in models.files("digits")] == ["weights.bin"]


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
    report = command(capsys, "import", "zip", str(evil), "--prefix", "odd")
    assert (report["runs_new"], report["files"]) == (1, 0)
    assert "left out" in report["notes"][0]


def test_models_come_back_with_versions_aliases_tags_and_files(run: atelier.Run, tmp_path: Path, capsys: Any) -> None:
    models = atelier.Workspace().models
    models.create("digits", description="Reads digits.", tags={"team": "blue"})
    models.register("digits", f"runs:/{run.id}/model", aliases=["champion"], tags={"loss": "0.5"}, description="One.")
    models.register("digits", "https://example.org/model")
    models.delete("digits", 2)
    models.register("digits", f"runs:/{run.id}/model/weights.bin", aliases=["newest"])
    models.update_version("digits", 3, stage="Production")
    target = tmp_path / "models.zip"
    made = command(capsys, "export", "model", "digits", "--to", str(target))
    assert (made["runs"], made["models"], made["versions"], made["files"]) == (0, 1, 2, 2)

    # Back where it came from: the same versions.
    same = command(capsys, "import", "zip", str(target))
    assert (same["versions_new"], same["versions_known"], same["files"]) == (0, 2, 0)

    models.delete("digits")
    report = command(capsys, "import", "zip", str(target))
    assert (report["versions_new"], report["notes"]) == (2, [])
    again = command(capsys, "import", "zip", str(target))
    assert (again["versions_new"], again["versions_known"], again["files"]) == (0, 2, 0)
    found = models.get("digits")
    assert (found["description"], found["tags"]["team"]) == ("Reads digits.", "blue")
    assert found["aliases"] == {"champion": 1, "newest": 3}
    first, last = models.version("digits", 1), models.version("digits", 3)
    assert (first["description"], first["tags"]["loss"], first["stage"]) == ("One.", "0.5", "None")
    assert last["stage"] == "Production"
    (saved,) = models.download("digits", tmp_path / "saved", "champion")
    assert saved.read_bytes() == b"weights" * 1000


def test_a_workspace_goes_over_with_its_models_and_what_is_said_of_experiments(
    run: atelier.Run, studio: People, tmp_path: Path, capsys: Any
) -> None:
    from runs.exchange import logged
    from runs.logged_models.models import LoggedModel
    from runs.tracking.models import Experiment
    from runs.tracking.services import experiments

    digits = Experiment.objects.get(path="vision/digits")
    experiments.edit_experiment(actor=studio.ada, experiment=digits, description="All the digits.")
    experiments.set_tags(actor=studio.ada, experiment=digits, tags={"team": "blue"})
    logged.import_logged_model(
        actor=studio.ada, workspace=studio.workspace, external_id="x:1", experiment=digits.path, name="svm",
        run=Run.objects.get(pk=run.id), params={"C": "1"},
    )  # fmt: skip
    models = atelier.Workspace().models
    models.register("digits", f"runs:/{run.id}/model")
    target = tmp_path / "all.zip"
    made = command(capsys, "export", "workspace", "--to", str(target))
    assert (made["runs"], made["versions"]) == (1, 1)
    models.delete("digits")
    report = command(capsys, "import", "zip", str(target), "--prefix", "back")
    assert (report["runs_new"], report["versions_new"], report["logged_models_new"]) == (1, 1, 1)
    copy = Run.objects.get(external_id=f"atelier:vision/{run.id}")
    version = models.version("digits")
    assert (version["source"], version["run_id"]) == (f"runs:/{copy.pk}/model", copy.pk)
    assert [row["path"] for row in models.files("digits")] == ["weights.bin"]
    back = Experiment.objects.get(path="back/vision/digits")
    assert (back.description, back.tags.get(key="team").value) == ("All the digits.", "blue")
    assert LoggedModel.objects.get(experiment=back).source_run_id == copy.pk
