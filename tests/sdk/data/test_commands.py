"""The commands of data, against the real application."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atelier
import polars
import pytest
from atelier import _cli
from atelier._cli import transfers
from atelier._data.tally import Progress

from registry.data.assets import services
from registry.data.assets.models import DataVersion
from registry.data.explore import engine
from registry.data.explore.models import DataProfile
from tests.factories import make_target, make_token
from tests.factories.data import make_data
from tests.people import People
from tests.sdk.data.test_datastores import STORE

pytestmark = pytest.mark.django_db(transaction=True)
CSV = b"make,price\nvolvo,100\nsaab,200\n"
SECRET = "correct horse battery"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Says a command that fails; answers its exit code and its sentence."""

    def answer(*words: str) -> tuple[int, str]:
        code = _cli.main(list(words))
        return code, capsys.readouterr().err

    return answer


def settle() -> None:
    for version in DataVersion.objects.filter(state="pending"):
        services.settle(version_id=version.pk)


def test_datastores_are_registered_and_files_go_both_ways(lake: People, tmp_path: Path, say: Any, fails: Any) -> None:
    (tmp_path / "store.yml").write_text(STORE)
    assert say("datastore", "create", "-f", str(tmp_path / "store.yml"))["name"] == "lake"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/1.png").write_bytes(b"one")
    assert say("datastore", "upload", "default", str(tmp_path / "photos"), "raw") == ["raw/1.png"]
    assert fails("datastore", "upload", "default", str(tmp_path / "photos"), "raw")[0] == 5
    assert say("datastore", "upload", "default", str(tmp_path / "photos"), "raw", "--skip-existing") == []
    assert [row["name"] for row in say("datastore", "ls", "default")] == ["raw"]
    assert [row["path"] for row in say("datastore", "ls", "default", "--recursive")] == ["raw/1.png"]
    assert say("datastore", "download", "default", "raw", "--to", "back") == ["back/1.png"]
    assert Path("back/1.png").read_bytes() == b"one"
    assert "/datastore-links/" in say("datastore", "link", "default", "raw/1.png")["url"]
    assert say("datastore", "check", "default")["is_working"]
    assert say("datastore", "set-default", "default")["is_default"]
    assert {row["name"] for row in say("datastore", "list")} == {"default", "lake"}
    assert say("datastore", "show", "lake")["kind"] == "s3"
    code, sentence = fails("datastore", "delete", "lake")
    assert code == 2 and "--yes" in sentence
    assert _cli.main(["datastore", "delete", "default", "raw/1.png", "--yes"]) == 0
    assert _cli.main(["datastore", "delete", "lake", "--yes"]) == 0
    assert fails("datastore", "show", "lake")[0] == 3
    assert fails("datastore", "download", "default", "raw/none.png")[0] == 3
    for words in (("list",), ("ls", "default"), ("show", "default")):
        assert _cli.main(["datastore", *words]) == 0


def test_data_is_made_of_a_file_and_read_back(
    lake: People, tmp_path: Path, say: Any, fails: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table").mkdir()
    (tmp_path / "table/cars.csv").write_bytes(CSV)
    (tmp_path / "data.yml").write_text("name: cars\ntype: uri_folder\npath: ./table/\n")
    assert say("data", "create", "-f", str(tmp_path / "data.yml"))["reference"] == "azureml:cars:1"
    settle()
    words = ("--name", "cars", "--path", str(tmp_path / "table"), "--tag", "team=eyes", "--description", "Cars")
    made = say("data", "create", *words)
    settle()
    assert (made["version"], made["tags"]) == ("2", {"team": "eyes"})
    assert [row["name"] for row in say("data", "list", "-q", "cars")] == ["cars"]
    assert say("data", "show", "azureml:cars@latest")["state"] == "ready"
    assert [row["version"] for row in say("data", "versions", "cars")] == ["2", "1"]
    assert [row["path"] for row in say("data", "files", "cars")] == ["cars.csv"]
    assert say("data", "download", "cars") == ["cars/cars.csv"]
    assert Path("cars/cars.csv").read_bytes() == CSV
    assert say("data", "rows", "cars", "--where", "price > 100") == [{"make": "saab", "price": 200}]
    assert say("data", "sql", "cars", "select count(*) as n from data") == [{"n": 2}]
    assert set(say("data", "uses", "cars")) == {"used_by", "came_from"}
    for verb in ("list", "show cars", "versions cars", "files cars", "rows cars", "uses cars"):
        assert _cli.main(["data", *verb.split()]) == 0
    capsys.readouterr()
    assert _cli.main(["data", "archive", "cars", "--version", "2"]) == 0
    assert say("data", "show", "cars")["version"] == "1"
    assert _cli.main(["data", "archive", "cars", "--version", "2", "--restore"]) == 0
    assert _cli.main(["data", "delete", "cars", "--version", "1", "--yes"]) == 0
    assert _cli.main(["data", "delete", "cars", "--yes"]) == 0
    assert fails("data", "show", "cars")[0] == 3
    assert fails("data", "create", "--name", "cars") == (2, "atelier: Give a file with -f, or --name and --path.\n")
    (tmp_path / "data.yml").write_text("name: cars\ntype: uri_disk\npath: x\n")
    code, sentence = fails("data", "create", "-f", str(tmp_path / "data.yml"))
    assert code == 2 and "type is one of uri_file" in sentence


def test_a_profile_is_waited_for(lake: People, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_data(lake.workspace)
    started = say("data", "profile", "cars", "--no-wait")
    assert started["state"] in ("queued", "running", "ready")
    while engine.step(DataProfile.objects.get().pk):
        pass
    found = say("data", "profile", "cars")
    assert found["row_count"] == 2 and [column["name"] for column in found["columns"]] == ["make", "price"]
    assert _cli.main(["data", "profile", "cars"]) == 0


def test_a_secret_is_read_and_never_shown(
    lake: People, say: Any, fails: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SECRET}\n"))
    assert say("secret", "set", "token", "--description", "For the door")["version"] == 1
    typed = iter([SECRET, SECRET, SECRET, "other"])
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert say("secret", "set", "token")["version"] == 2
    assert fails("secret", "set", "token") == (2, "atelier: The two are not the same. Nothing was set.\n")
    assert [row["name"] for row in say("secret", "list")] == ["token"]
    secrets = atelier.Workspace().secrets
    assert SECRET not in json.dumps([*secrets.list(), secrets.describe("token")])
    assert _cli.main(["secret", "list"]) == 0
    assert SECRET not in capsys.readouterr().out
    assert not hasattr(secrets, "get")
    with pytest.raises(atelier.UsageError, match="empty"):
        secrets.set("token", "")
    assert _cli.main(["secret", "delete", "token", "--yes"]) == 0
    assert say("secret", "list") == []


def test_connections_are_made_of_files(lake: People, tmp_path: Path, say: Any) -> None:
    file = tmp_path / "git.yml"
    file.write_text(
        f"name: code\ntype: git\ntarget: https://git.example.org/x\ncredentials: {{type: pat, pat: {SECRET}}}\n"
    )
    made = say("connection", "create", "-f", str(file))
    assert made["credentials"]["is_set"] and SECRET not in json.dumps(made)
    connections = atelier.Workspace().connections
    assert connections.update("code", description="Ours")["description"] == "Ours"
    assert say("connection", "show", "code")["description"] == "Ours"
    assert [row["name"] for row in say("connection", "list")] == ["code"]
    assert _cli.main(["connection", "list"]) == 0
    assert _cli.main(["connection", "delete", "code", "--yes"]) == 0
    assert list(connections.list()) == []


def test_a_dataflow_is_worked_out_here(lake: People, say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make_data(lake.workspace, files={"cars.csv": CSV})
    flows = atelier.Workspace().dataflows
    steps = [{"kind": "filter", "parameters": {"expression": "price > 100"}}]
    flow = flows.create("clean", "azureml:cars@latest", steps)
    assert flow.to_polars()["make"].to_list() == ["saab"]  # the draft, while nothing is saved
    assert flow.save(note="First")["number"] == 1 and [row["number"] for row in flow.versions] == [1]
    assert flow.save([])["number"] == 2 and flow.to_pandas()["make"].tolist() == ["volvo", "saab"]
    assert flows["clean"].to_polars(1)["make"].to_list() == ["saab"]
    assert list(flows) == ["clean"] and "clean" in flows and len(flows) == 1
    assert "filter" in flow.code("polars", 1) and "pd." in say("dataflow", "code", "clean", "--for", "pandas")["code"]
    assert [row["name"] for row in say("dataflow", "list")] == ["clean"]
    assert say("dataflow", "show", "clean", "--version", "1")["recipe"]["steps"][0]["kind"] == "filter"
    assert say("dataflow", "download", "clean", "--version", "1", "--to", "out.parquet") == ["out.parquet"]
    assert polars.read_parquet("out.parquet")["price"].to_list() == [200]
    for verb in ("list", "show clean", "code clean", "download clean --to out.csv"):
        assert _cli.main(["dataflow", *verb.split()]) == 0
    assert Path("out.csv").read_bytes() == CSV
    target = make_target()
    capsys.readouterr()
    run = say("dataflow", "run", "clean", "--as", "cars-clean", "--version", "1", "--compute", target.name)
    assert run["tags"] == {"dataflow": "clean:1"} and flow.run("cars-clean").tags == {"dataflow": "clean:2"}
    assert flow.update(description="Clean cars").data["description"] == "Clean cars"
    with pytest.raises(atelier.NotFound):
        flows["none"]
    flows.create("other", "azureml:cars:1")
    flows.delete("other")
    assert list(flows) == ["clean"]


def test_a_reader_looks_and_changes_nothing(
    lake: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Any, fails: Any
) -> None:
    make_data(lake.workspace, files={"cars.csv": CSV})
    monkeypatch.setenv("ATELIER_TOKEN", make_token(lake.rita))
    (tmp_path / "a.csv").write_bytes(CSV)
    assert len(say("data", "rows", "cars")) == 2
    assert fails("data", "create", "--name", "cars", "--path", str(tmp_path / "a.csv"))[0] == 4
    assert fails("datastore", "upload", "default", str(tmp_path / "a.csv"))[0] == 4
    monkeypatch.setattr(sys, "stdin", io.StringIO("value\n"))
    assert fails("secret", "set", "token")[0] == 4


def test_progress_moves_on_a_terminal_and_is_plain_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "PAUSE", 0.0)
    monkeypatch.setattr(transfers, "PLAIN_PAUSE", 0.0)
    for stream, moves in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        meter = transfers.Meter("Sending")
        meter(Progress("photos/\033[31m1.png", 500_000, 2_000_000, 1, 3))
        meter.close()
        told = stream.getvalue()
        assert "25%" in told and "500 kB of 2 MB" in told and "1 of 3 files" in told
        assert ("\r" in told) is moves and "\033[31m" not in told


def test_an_administrator_lets_places_here_stand_for_addresses(
    lake: People, monkeypatch: pytest.MonkeyPatch, say: Any, fails: Any
) -> None:
    prefix = "https://data.example.org/sets"
    assert fails("address-rule", "create", prefix, "default")[0] == 4
    lake.ada.is_superuser = True
    lake.ada.save(update_fields=["is_superuser"])
    made = say("address-rule", "create", prefix, "default", "mirror", "--note", "No way out")
    rules = atelier.Workspace().address_rules
    assert rules.update(made["id"], path="other")["path"] == "other"
    assert [row["prefix"] for row in say("address-rule", "list")] == [made["prefix"]]
    wanted = "azureml://datastores/default/paths/other/cars.csv"
    assert say("address-rule", "where", f"{prefix}/cars.csv") == {"uri": wanted}
    assert _cli.main(["address-rule", "delete", str(made["id"])]) == 0
    assert rules.where(f"{prefix}/cars.csv") == f"{prefix}/cars.csv"
