"""The queue in front of the journal, and what becomes of values on their way into a batch."""

import gzip
import json
import math
import threading
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import atelier
import numpy
import pytest
from atelier import _journal, _metrics_codec, _recorder
from hypothesis import given
from hypothesis import strategies as st

HEAD = _journal.Head(run_id="k3v9x2m7qabc", writer="w-1")


def batches(journal: _journal.Journal) -> list[dict[str, Any]]:
    found = []
    while (record := journal.next_record()) is not None:
        found.append(json.loads(gzip.decompress(record.body)))
        journal.acknowledge(record)
    return found


def points(found: list[dict[str, Any]]) -> list[tuple[str, int, Any]]:
    return [
        (batch["columns"]["keys"][key], step, value)
        for batch in found
        for key, step, value in zip(
            batch["columns"]["key"], batch["columns"]["step"], batch["columns"]["value"], strict=True
        )
    ]


@pytest.fixture
def journal(tmp_path: Path) -> _journal.Journal:
    return _journal.Journal.create(tmp_path, HEAD)


def make(journal: _journal.Journal) -> _recorder.Recorder:
    return _recorder.Recorder(journal, strict=True, on_batch=lambda: None)


def test_sequence_numbers_rise_by_one_and_batches_stay_small(journal: _journal.Journal) -> None:
    recorder = make(journal)
    for step in range(3_500):
        recorder.log({"a": 1.0}, step, None)
    recorder.close()
    found = batches(journal)
    assert [batch["seq"] for batch in found] == list(range(1, len(found) + 1))
    assert {batch["writer"] for batch in found} == {"w-1"}
    assert max(len(batch["columns"]["step"]) for batch in found) <= 1_000
    assert [step for _, step, _ in points(found)] == list(range(3_500))


def test_a_full_queue_is_written_by_the_caller(journal: _journal.Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_recorder.Recorder, "_work", lambda self: None)
    recorder = make(journal)
    for step in range(3 * _recorder.QUEUE_POINTS):
        recorder.log({"a": 1.0}, step, None)
    assert len(recorder._points) < _recorder.QUEUE_POINTS
    recorder.close()
    assert [step for _, step, _ in points(batches(journal))] == list(range(3 * _recorder.QUEUE_POINTS))


def test_threads_may_log_beside_each_other(journal: _journal.Journal) -> None:
    recorder = make(journal)

    def work(name: str) -> None:
        for _ in range(2_000):
            recorder.log({name: 1.0, "shared": 2.0}, None, None)

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    stored = points(batches(journal))
    assert sorted(step for key, step, _ in stored if key == "shared") == list(range(8_000))
    assert sorted(step for key, step, _ in stored if key == "t3") == list(range(2_000))


def test_many_parameters_are_split_over_batches(journal: _journal.Journal) -> None:
    recorder = make(journal)
    recorder.params({f"p{number}": number for number in range(250)})
    recorder.tags({"a": 1, "gone": None})
    recorder.close()
    found = batches(journal)
    assert max(len(batch.get("params", {})) for batch in found) <= 100
    assert {name for batch in found for name in batch.get("params", {})} == {f"p{number}" for number in range(250)}
    assert [batch["tags"] for batch in found if "tags" in batch] == [{"a": "1", "gone": None}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (True, 1.0),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 4), 0.25),
        (numpy.float32(0.5), 0.5),
        (numpy.int64(3), 3.0),
        (numpy.array([2.0]), 2.0),
        (-(10**400), -math.inf),
    ],
)
def test_numbers_of_all_kinds_are_taken(value: Any, expected: float) -> None:
    assert _metrics_codec.number("loss", value) == expected


@pytest.mark.parametrize("value", ["abc", "1.0", None, b"1", [1.0], numpy.array([1.0, 2.0]), object(), 1j, {}])
def test_what_is_no_number_is_said_in_one_sentence(value: Any) -> None:
    with pytest.raises(atelier.UsageError, match=r"^The metric 'loss' needs a number, not .*\.$"):
        _metrics_codec.number("loss", value)


@pytest.mark.parametrize("key", ["", " ", "a\0b", "a\nb", "a\x85b", "\ud800", "k" * 251, 7, None])
def test_names_that_cannot_be_stored_are_refused(key: Any) -> None:
    with pytest.raises(atelier.UsageError):
        _metrics_codec.check_key(key)


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 1.5, "3", True, None])
def test_steps_are_whole_numbers_of_64_bits(step: Any) -> None:
    with pytest.raises(atelier.UsageError):
        _metrics_codec.check_step(step)
    assert _metrics_codec.check_step(numpy.int32(7)) == 7
    assert _metrics_codec.check_step(-(2**63)) == -(2**63)


@given(st.lists(st.floats(), max_size=50))
def test_every_float_survives_the_journey(values: list[float]) -> None:
    rows = [(0, step, 0, value) for step, value in enumerate(values)]
    body = _metrics_codec.encode_batch(writer="w", seq=1, keys=["a"], points=rows)
    columns = json.loads(gzip.decompress(body), parse_constant=pytest.fail).get("columns", {"value": []})
    back = [_metrics_codec.python_float(value) for value in columns["value"]]
    assert [numpy.float64(value).tobytes() for value in back if not math.isnan(value)] == [
        numpy.float64(value).tobytes() for value in values if not math.isnan(value)
    ]
    assert len(back) == len(values)


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.none(), st.floats(), st.text(), st.integers()), max_size=5))
def test_parameters_become_json_or_are_refused_by_name(params: dict[str, Any]) -> None:
    try:
        flat = _metrics_codec.flatten_params(params)
    except atelier.UsageError:
        return
    json.dumps(flat, allow_nan=False).encode()
    assert list(flat) == list(params)
