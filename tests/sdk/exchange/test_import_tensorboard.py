"""Event files, as PyTorch, Keras and TensorFlow write them, brought in."""

import json
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

from runs.tracking.models import Run
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
START = 1_600_000_000.0


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two folders with events: scalars of the older form in one, of the newer form in the other."""
    root = tmp_path / "board"
    train = EventFileWriter(str(root / "first/train"))
    for step in range(5):
        value = summary_pb2.Summary.Value(tag="loss", simple_value=1 / (step + 1))
        summary = summary_pb2.Summary(value=[value])
        train.add_event(event_pb2.Event(wall_time=START + step, step=step, summary=summary))
    train.close()
    second = EventFileWriter(str(root / "second"))
    metadata = scalar_metadata.create_summary_metadata(display_name="", description="")
    for step in range(3):
        tensor = tensor_util.make_tensor_proto(float(step))
        value = summary_pb2.Summary.Value(tag="acc", tensor=tensor, metadata=metadata)
        summary = summary_pb2.Summary(value=[value])
        second.add_event(event_pb2.Event(wall_time=START + step, step=step, summary=summary))
    second.close()
    return root


def bring(capsys: Any, logs: Path, *words: str) -> dict[str, Any]:
    assert _cli.main(["import", "tensorboard", str(logs), *words, "-o", "json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def test_each_folder_with_events_is_a_run_with_its_own_times(studio: People, logs: Path, capsys: Any) -> None:
    report = bring(capsys, logs, "--experiment", "old/board")
    assert (report["runs_new"], report["points"]) == (2, 8)
    runs = {run.name: run for run in atelier.Workspace().runs(experiment="old/board")}
    assert set(runs) == {"first/train", "second"}
    loss = runs["first/train"].history("loss")
    assert loss.step == [0, 1, 2, 3, 4]
    assert loss.time_ms[-1] - loss.time_ms[0] == 4_000
    assert runs["second"].history("acc").value == [0.0, 1.0, 2.0]
    assert runs["second"].data["started_at"].startswith("2020-09-13")


def test_events_that_came_later_are_added_and_nothing_is_doubled(studio: People, logs: Path, capsys: Any) -> None:
    bring(capsys, logs)
    more = EventFileWriter(str(logs / "first/train"), filename_suffix=".later")
    value = summary_pb2.Summary.Value(tag="loss", simple_value=0.1)
    event = event_pb2.Event(wall_time=START + 9, step=9, summary=summary_pb2.Summary(value=[value]))
    more.add_event(event)
    more.close()
    report = bring(capsys, logs)
    assert (report["runs_new"], report["runs_known"], report["points"]) == (0, 2, 1)
    assert Run.objects.count() == 2
