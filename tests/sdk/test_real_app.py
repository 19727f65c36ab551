"""The SDK and the command against the real application, over real HTTP."""

import json
import time
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.factories import make_target, make_token
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def act_as(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_TOKEN", make_token(person))


def test_a_run_of_a_script_is_whole_in_the_studio(studio: People, spool: Path, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    with atelier.start_run(
        experiment="vision/digits", name="first try", params={"lr": 0.1}, tags={"team": "eyes"}, description="words"
    ) as run:
        for step in range(2_500):
            run.log({"loss": 1 / (step + 1)}, step=step)
        run.log({"odd": float("nan")})
        run.log_params({"optimizer": {"name": "adam"}})
        run.set_tags({"kind": "test"})
        run.define_metric("loss", "min")
        run.log_artifact(tmp_path / "model.bin", "models")
        run.log_dict({"a": 1}, "facts.json")
    assert list(spool.iterdir()) == []
    space = atelier.Workspace()
    found = space.run(run.id)
    assert (found.state, found.exit_code) == ("completed", 0)
    assert (found.name, found.experiment) == ("first try", "vision/digits")
    assert found.params == {"lr": "0.1", "optimizer.name": "adam"}
    assert found.tags == {"team": "eyes", "kind": "test"}
    loss = found.metrics()["loss"]
    assert (loss.count, loss.first, loss.goal, loss.best) == (2_500, 1.0, "min", 1 / 2_500)
    assert found.metrics()["odd"].nan_count == 1
    assert found.history("loss").step == list(range(2_500))
    assert found.history("loss", min_step=10, max_step=12).value == [1 / 11, 1 / 12, 1 / 13]
    assert [item.path for item in found.artifacts()] == ["facts.json", "models/model.bin"]
    saved = found.download_artifacts(tmp_path / "got")
    assert [path.name for path in saved] == ["facts.json", "model.bin"]
    assert (tmp_path / "got/models/model.bin").read_bytes() == b"weights"


def test_output_heartbeats_and_failure_reach_the_studio(studio: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_CONSOLE")
    with pytest.raises(RuntimeError), atelier.start_run() as run:
        print("epoch 1: ä")
        raise RuntimeError("out of luck")
    found = atelier.Workspace().run(run.id)
    assert found.state == "failed"
    assert "out of luck" in found.data["message"]
    assert found.logs() == "epoch 1: ä\n"
    assert "".join(found.stream()) == "epoch 1: ä\n"
    stored = Run.objects.get(pk=run.id)
    assert stored.job is not None and stored.job.heartbeat_at is not None


def test_a_run_cancelled_in_the_studio_interrupts_the_script(studio: People) -> None:
    run = atelier.start_run(console=True)
    atelier.Workspace().run(run.id).cancel()
    with pytest.raises(KeyboardInterrupt), run:
        print("still here")
        time.sleep(30)
    assert atelier.Workspace().run(run.id).state == "canceled"


def test_children_nest_and_compare_shows_where_they_differ(studio: People) -> None:
    with atelier.start_run(experiment="grid") as parent:
        children = []
        for rate in (0.1, 0.01):
            with parent.child(f"lr {rate}", params={"lr": rate, "seed": 7}) as child:
                child.log({"loss": rate})
            children.append(child.id)
    space = atelier.Workspace()
    assert {run.id for run in space.runs(parent=parent.id)} == set(children)
    assert {run.experiment for run in space.runs(parent=parent.id)} == {"grid"}
    compared = atelier.compare(children)
    rows = {row["key"]: row for row in compared.params}
    assert rows["lr"]["differs"] is True and rows["seed"]["differs"] is False
    assert {row["key"] for row in compared.differing()} >= {"lr", "loss"}


def test_searching_walks_all_pages(studio: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from atelier import _workspace

    monkeypatch.setattr(_workspace, "PAGE", 2)
    ids = []
    for number in range(5):
        with atelier.start_run(experiment="many", tags={"even": str(number % 2 == 0)}) as run:
            ids.append(run.id)
    space = atelier.Workspace()
    assert {run.id for run in space.search(experiment="many")} == set(ids)
    assert len(list(space.runs(experiment="many", tag="even:True"))) == 3
    assert len(list(space.runs(experiment="many", limit=3))) == 3
    assert space.experiment("many").run_count == 5
    with pytest.raises(atelier.NotFound):
        space.experiment("nowhere")


def test_a_lost_start_answer_makes_one_run(studio: People) -> None:
    space = atelier.Workspace()
    body = {"run_id": "k3v9x2m7qabc", "experiment": "x"}
    first = space.client.post("runs/start", body, key="start-k3v9x2m7qabc")
    again = space.client.post("runs/start", body, key="start-k3v9x2m7qabc")
    later = space.client.post("runs/start", body)
    assert first["id"] == again["id"] == later["id"] == "k3v9x2m7qabc"
    assert Run.objects.count() == 1


def test_a_reader_may_look_and_a_stranger_sees_nothing(studio: People, monkeypatch: pytest.MonkeyPatch) -> None:
    with atelier.start_run() as run:
        run.log({"loss": 1.0})
    act_as(studio.rita, monkeypatch)
    assert atelier.Workspace().run(run.id).metrics()["loss"].last == 1.0
    with pytest.raises(atelier.Denied):
        atelier.start_run()
    with pytest.raises(atelier.Denied):
        atelier.Workspace().run(run.id).archive()
    act_as(studio.stan, monkeypatch)
    with pytest.raises(atelier.NotFound):
        atelier.Workspace("vision").run(run.id)


def submit_folder(folder: Path) -> Path:
    code = folder / "src"
    code.mkdir()
    (code / "train.py").write_text("print('hello')\n")
    (code / ".gitignore").write_text("*.ckpt\n")
    (code / "big.ckpt").write_text("x" * 100)
    (folder / "table.csv").write_text("1,2\n")
    (folder / "job.yml").write_text(
        "type: command\n"
        "experiment_name: vision/digits\n"
        "code: src\n"
        "command: python train.py --lr ${{inputs.lr}} --data ${{inputs.table}}\n"
        "inputs:\n"
        "  lr: 0.5\n"
        "  table: {type: uri_file, path: table.csv}\n"
    )
    return folder / "job.yml"


def test_a_job_file_is_submitted_with_its_code_and_inputs(
    studio: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_target()
    job = submit_folder(tmp_path)
    assert _cli.main(["run", "submit", str(job), "--set", "inputs.lr=0.1", "--name", "tried", "-o", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    run = Run.objects.get(pk=data["id"])
    assert (run.name, run.experiment.path) == ("tried", "vision/digits")
    assert run.snapshot is not None
    assert [entry["path"] for entry in run.snapshot.manifest] == [".gitignore", "train.py"]
    assert atelier.Workspace().run(run.pk).params["lr"] == "0.1"
    assert run.inputs.get(name="table").blob is not None
    assert _cli.main(["run", "clone", run.pk, "--set", "inputs.lr=0.01", "-o", "json"]) == 0
    clone = json.loads(capsys.readouterr().out)
    assert atelier.Workspace().run(clone["id"]).params["lr"] == "0.01"


def test_a_wrong_job_file_creates_nothing_and_names_the_place(
    studio: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "job.yml").write_text("type: command\ncomand: python x.py\n")
    assert _cli.main(["run", "submit", str(tmp_path / "job.yml")]) == 2
    shown = capsys.readouterr().err
    assert "job.yml:2:1:" in shown
    assert "Did you mean 'command'?" in shown
    assert Run.objects.count() == 0


COMMANDS = [
    "run list",
    "experiment list",
    "experiment create a/b --description words",
    "compute list",
    "environment list",
    "activity list",
    "notification list",
    "notification read --all",
    "workspace list",
    "workspace show",
    "workspace create another --title Another",
    "member list",
    "member invite grace@example.org --role reader",
    "member set-role ben@example.org reader",
    "member remove ben@example.org",
    "token list",
    "token create laptop --scope read --days 7",
    "config",
]


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_listing_command_works(
    studio: People, capsys: pytest.CaptureFixture[str], command: str, output: str
) -> None:
    code = _cli.main([*command.split(), "-o", output])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    if output == "json" and shown.out:
        json.loads(shown.out)


def test_the_commands_about_a_run_work(studio: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = []
    for rate in (0.1, 0.2):
        with atelier.start_run(experiment="x/y", params={"lr": rate}) as run:
            run.log({"loss": rate}, step=3)
            run.log_text("one", "out/one.txt")
        ids.append(run.id)
    for command in (
        f"run show {ids[0]}",
        f"run logs {ids[0]}",
        f"run compare {ids[0]} {ids[1]}",
        f"run tag {ids[0]} team=vision",
        f"run tag {ids[0]} --remove team",
        f"run archive {ids[0]}",
        f"run restore {ids[0]}",
        f"run download {ids[0]} out --to {tmp_path / 'got'}",
        "experiment show x/y",
        "experiment archive x/y",
    ):
        assert _cli.main(command.split()) == 0, capsys.readouterr().err
    shown = capsys.readouterr().out
    assert "loss" in shown and "lr" in shown and ids[1] in shown
    assert (tmp_path / "got/out/one.txt").read_text() == "one"
    assert _cli.main(["run", "cancel", ids[0]]) == 5
    assert _cli.main(["run", "show", "aaaaaaaaaaaa"]) == 3


def test_login_against_the_real_app(studio: People, monkeypatch: pytest.MonkeyPatch, live_server: Any) -> None:
    token = make_token(studio.ben)
    for name in ("ATELIER_URL", "ATELIER_TOKEN", "ATELIER_WORKSPACE"):
        monkeypatch.delenv(name)
    assert _cli.main(["login", live_server.url, "--token", token]) == 0
    assert atelier.Workspace().name == "vision"
    assert _cli.main(["login", live_server.url, "--token", "at_wrong"]) == 4
