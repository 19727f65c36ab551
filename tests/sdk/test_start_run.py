"""Runs of scripts and notebooks against the twin."""

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import atelier
import pytest

from tests.sdk import twin_server


def test_everything_logged_in_a_block_arrives_once(online: twin_server.Twin, spool: Path, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    with atelier.start_run(experiment="vision/digits", params={"lr": 0.1}, tags={"team": "eyes"}) as run:
        for step in range(2_500):
            run.log({"loss": 1 / (step + 1), "acc": step}, step=step)
        run.log_params({"optimizer": {"name": "adam", "betas": [0.9, 0.99]}})
        run.define_metric("loss", "min")
        run.log_artifact(tmp_path / "model.bin", "models")
        run.log_text("hello", "notes/hello.txt")
    stored = online.run(run.id)
    assert [step for step, _ in stored.points("loss")] == list(range(2_500))
    assert stored.points("acc")[-1] == (2_499, 2_499.0)
    assert stored.merged("params") == {"lr": 0.1, "optimizer.name": "adam", "optimizer.betas": "[0.9, 0.99]"}
    assert stored.merged("goals") == {"loss": "min"}
    assert stored.artifacts == {"models/model.bin": b"weights", "notes/hello.txt": b"hello"}
    assert (stored.data["state"], stored.data["exit_code"]) == ("completed", 0)
    assert stored.duplicates == 0
    assert list(spool.iterdir()) == []


def test_no_batch_holds_more_than_a_thousand_points(online: twin_server.Twin) -> None:
    with atelier.start_run() as run:
        for step in range(5_000):
            run.log({"a": 1.0, "b": 2.0, "c": 3.0}, step=step)
    sizes = [len(batch["columns"]["step"]) for batch in online.run(run.id).batches.values()]
    assert max(sizes) <= 1_000
    assert sum(sizes) == 15_000


def test_an_exception_ends_the_run_as_failed_with_the_traceback(online: twin_server.Twin) -> None:
    with pytest.raises(ZeroDivisionError), atelier.start_run() as run:
        run.log({"loss": 1 / 0})
    data = online.run(run.id).data
    assert data["state"] == "failed"
    assert data["exit_code"] == 1
    assert data["message"].endswith("ZeroDivisionError: division by zero")


def test_ctrl_c_ends_the_run_as_canceled(online: twin_server.Twin) -> None:
    with pytest.raises(KeyboardInterrupt), atelier.start_run() as run:
        raise KeyboardInterrupt
    assert online.run(run.id).data["state"] == "canceled"


@pytest.mark.parametrize(
    ("code", "state", "exit_code"), [(0, "completed", 0), (None, "completed", 0), (3, "failed", 3)]
)
def test_sys_exit_decides_the_state(online: twin_server.Twin, code: int | None, state: str, exit_code: int) -> None:
    with pytest.raises(SystemExit), atelier.start_run() as run:
        raise SystemExit(code)
    data = online.run(run.id).data
    assert (data["state"], data["exit_code"]) == (state, exit_code)


def test_steps_count_by_themselves_for_each_key(online: twin_server.Twin) -> None:
    with atelier.start_run() as run:
        run.log({"loss": 3.0})
        run.log({"loss": 2.0, "acc": 0.5})
        run.log({"loss": 1.0}, step=10)
        run.log({"loss": 0.5})
    assert online.run(run.id).points("loss") == [(0, 3.0), (1, 2.0), (10, 1.0), (11, 0.5)]
    assert online.run(run.id).points("acc") == [(0, 0.5)]


def test_values_that_are_not_finite_travel_as_words(online: twin_server.Twin) -> None:
    with atelier.start_run() as run:
        for value in (float("nan"), float("inf"), float("-inf"), 10**400):
            run.log({"loss": value})
    assert [value for _, value in online.run(run.id).points("loss")] == ["NaN", "Infinity", "-Infinity", "Infinity"]


def test_times_are_datetimes_or_seconds(online: twin_server.Twin) -> None:
    with atelier.start_run() as run:
        run.log({"loss": 1.0}, time=12.5)
        run.log({"loss": 1.0}, time=datetime.fromtimestamp(13, tz=UTC))
    (batch,) = online.run(run.id).batches.values()
    assert batch["columns"]["time_ms"] == [12_500, 13_000]


def test_many_parameters_and_objects_with_attributes_are_taken(online: twin_server.Twin) -> None:
    with atelier.start_run(params={f"p{number}": number for number in range(250)}) as run:
        run.log_params(argparse.Namespace(lr=0.1, path=Path("data")))
    expected = {**{f"p{number}": number for number in range(250)}, "lr": 0.1, "path": "data"}
    assert online.run(run.id).merged("params") == expected


def test_the_module_functions_log_to_the_run_in_force(online: twin_server.Twin, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("a")
    with atelier.start_run() as run:
        assert atelier.active_run() is run
        atelier.log({"loss": 1.0})
        atelier.log_params({"seed": 7})
        atelier.set_tags({"kind": "try"})
        atelier.define_metric("acc", goal="max")
        atelier.log_artifacts(tmp_path / "out")
    assert atelier.active_run() is None
    stored = online.run(run.id)
    assert stored.points("loss") == [(0, 1.0)]
    assert stored.merged("params") == {"seed": 7}
    assert stored.merged("tags") == {"kind": "try"}
    assert stored.artifacts == {"a.txt": b"a"}


def test_a_second_run_needs_to_say_that_it_is_nested(online: twin_server.Twin) -> None:
    with atelier.start_run(experiment="grid") as outer:
        with pytest.raises(atelier.UsageError, match="nested=True"):
            atelier.start_run()
        with atelier.start_run(nested=True, name="inner") as inner:
            inner.log({"loss": 1.0})
        with outer.child("other") as other:
            pass
    for run in (inner, other):
        assert online.run(run.id).data["parent"] == outer.id
        assert online.run(run.id).data["experiment"] == "grid"


def test_output_is_captured_and_sent_by_offset(
    online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ATELIER_CONSOLE")
    with atelier.start_run() as run:
        print("epoch 1: ä")
        print("epoch 2")
    print("after")
    assert online.run(run.id).log.decode() == "epoch 1: ä\nepoch 2\n"
    assert capsys.readouterr().out == "epoch 1: ä\nepoch 2\nafter\n"


def test_a_logging_handler_made_before_the_run_is_heard(
    online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATELIER_CONSOLE")
    handler = logging.StreamHandler(sys.stderr)
    logger = logging.getLogger("training")
    logger.propagate = False
    logger.addHandler(handler)
    with atelier.start_run() as run:
        logger.error("from the logger")
        sys.stdout.writelines(["one\n", "two\n"])
    logger.removeHandler(handler)
    assert online.run(run.id).log.decode() == "from the logger\none\ntwo\n"
    assert "write" not in vars(sys.stdout)


def test_a_run_in_force_beats_and_a_cancel_interrupts_the_main_thread(online: twin_server.Twin) -> None:
    with pytest.raises(KeyboardInterrupt), atelier.start_run() as run:
        assert twin_server.until(lambda: len(online.run(run.id).heartbeats) >= 2)
        online.state.canceled.add(run.id)
        twin_server.time.sleep(10)
    assert online.run(run.id).data["state"] == "canceled"


def test_wrong_use_warns_once_and_records_the_rest(online: twin_server.Twin, caplog: pytest.LogCaptureFixture) -> None:
    with atelier.start_run() as run:
        for _ in range(3):
            run.log({"loss": "abc", "acc": 1.0})
        run.log({"loss": 1.0}, step=2**63)
        run.log(["loss"])
        run.log_artifact("missing.txt")
    stored = online.run(run.id)
    assert stored.points("loss") == []
    assert len(stored.points("acc")) == 3
    assert [record.getMessage() for record in caplog.records if "'abc'" in record.getMessage()] == [
        "atelier: The metric 'loss' needs a number, not 'abc'."
    ]


def test_strict_mode_raises_on_wrong_use(online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_STRICT", "1")
    with atelier.start_run() as run:
        for wrong in ({"loss": "abc"}, {"": 1.0}, {"a\0b": 1.0}, {"loss": None}):
            with pytest.raises(atelier.UsageError):
                run.log(wrong)
        with pytest.raises(atelier.UsageError, match="64 bits"):
            run.log({"loss": 1.0}, step=2**63)
        for wrong_time in (-1.0, 1e300, float("nan"), "yesterday"):
            with pytest.raises(atelier.UsageError, match="time"):
                run.log({"loss": 1.0}, time=wrong_time)
        with pytest.raises(atelier.UsageError):
            run.log_text("x", "../outside.txt")
        with pytest.raises(atelier.UsageError):
            run.define_metric("loss", "smaller")


def test_a_wrong_token_is_said_at_the_start(online: twin_server.Twin, spool: Path) -> None:
    with pytest.raises(atelier.Unauthorized):
        atelier.start_run(token="wrong")
    assert list(spool.iterdir()) == []


def test_without_a_server_address_the_sentence_says_what_to_do(spool: Path) -> None:
    with pytest.raises(atelier.ConfigurationError, match="atelier login"):
        atelier.start_run()


def test_a_run_that_has_ended_takes_no_more(online: twin_server.Twin, caplog: pytest.LogCaptureFixture) -> None:
    with atelier.start_run() as run:
        pass
    run.log({"loss": 1.0})
    run.log_text("x", "x.txt")
    assert online.run(run.id).points("loss") == []
    assert "has ended" in caplog.text
