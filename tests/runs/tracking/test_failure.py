"""The error card: what happened and what to try, in plain words."""

from typing import Any

import pytest

from compute.jobs import logs
from compute.jobs.models import Job
from runs.tracking.models import Run
from runs.tracking.queries.failure import Failure, failure_of
from studio.access.models import Workspace
from tests.factories import make_job, make_run, make_target


def failed(workspace: Workspace, text: str = "", **fields: Any) -> Failure:
    job = make_job(workspace, target=make_target(None), state="running", attempt=1)
    if text:
        logs.append(job=job, attempt=1, offset=0, data=text.encode())
    Job.objects.filter(pk=job.pk).update(state="failed", **fields)
    run = make_run(workspace, job=Job.objects.get(pk=job.pk), state="failed")
    found = failure_of(Run.objects.select_related("job").get(pk=run.pk))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "fields", "title", "hint"),
    [
        (
            "ModuleNotFoundError: No module named 'sklearn.svm'",
            {"exit_code": 1},
            "sklearn.svm is missing",
            "scikit-learn",
        ),
        ("ImportError: No module named cv2", {"exit_code": 1}, "cv2 is missing", "opencv-python-headless"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'data/a.csv'",
            {"exit_code": 1},
            "The file data/a.csv was not found.",
            "code folder",
        ),
        ("python: can't open file '/w/train.py': [Errno 2] No such file", {"exit_code": 2}, "/w/train.py", "snapshot"),
        ("sh: 1: pyhton: not found", {"exit_code": 127}, "The command pyhton was not found.", "installed"),
        ("step 1,203\nMemoryError", {"exit_code": 1}, "out of memory at step 1,203", "smaller batch"),
        ("numpy: Unable to allocate 12.5 GiB for an array", {"exit_code": 1}, "out of memory", "smaller batch"),
        ("torch.OutOfMemoryError: CUDA out of memory.", {"exit_code": 1}, "out of GPU memory", "larger GPU"),
        ("OSError: [Errno 28] No space left on device", {"exit_code": 1}, "the disk is full", "space"),
        ("", {"exit_code": -9}, "The process was killed (SIGKILL).", "memory"),
        ("", {"exit_code": 137}, "The process was killed (SIGKILL).", "memory"),
        ("", {"signal": "SIGKILL", "reason": "signal"}, "The process was killed (SIGKILL).", "memory"),
        ("", {"exit_code": 139}, "The process crashed (SIGSEGV).", "packages"),
        ("", {"signal": "SIGTERM", "reason": "signal"}, "ended by SIGTERM", "outside"),
        ("", {"reason": "oom"}, "out of memory", "smaller batch"),
        ("", {"reason": "time_limit"}, "reached its time limit", "limits.timeout"),
        ("", {"reason": "environment", "message": "no wheel for x"}, "environment could not be built", "packages"),
        ("", {"reason": "runner_lost"}, "Contact with the run was lost", "Clone"),
        ("", {"reason": "start_timeout"}, "did not start in time", "Clone"),
        ("ValueError: bad shape", {"exit_code": 1}, "The command ended with exit code 1.", "log"),
    ],
)
def test_the_commonest_ends_have_a_plain_hint(
    workspace: Workspace, text: str, fields: dict[str, Any], title: str, hint: str
) -> None:
    found = failed(workspace, text + "\n" if text else "", **fields)
    assert title in found.title
    assert hint in found.hint
    assert found.title.endswith(".")


def test_a_sentence_of_the_command_itself_comes_before_what_its_log_lets_guess(workspace: Workspace) -> None:
    said = "Clean Missing Data: the column 'price' is not in the table; its columns are: make, length."
    found = failed(workspace, "MemoryError\n", exit_code=1, reason="client", message=said)
    assert (found.title, found.detail, found.hint) == (said, "", "")
    assert found.lines == ("MemoryError",)


def test_it_shows_the_last_lines_with_their_numbers(workspace: Workspace) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101)) + "KeyError: 'x'\n"
    found = failed(workspace, text, exit_code=1)
    assert found.lines[-1] == "KeyError: 'x'"
    assert len(found.lines) == 20
    assert found.lines[0] == "line 82"
    assert found.first_line == 82
    assert found.detail == "KeyError: 'x'"


def test_only_a_failed_run_has_a_card(workspace: Workspace) -> None:
    assert failure_of(make_run(workspace, state="completed", with_job=True)) is None
    assert failure_of(make_run(workspace, state="failed")) is None


def test_A77_a_log_made_to_confuse_costs_little(workspace: Workspace) -> None:
    import time

    began = time.perf_counter()
    failed(workspace, ("Error" * 3000 + "\n" + "a" * 15000 + ": " * 3000 + "\n") * 10, exit_code=1)
    assert time.perf_counter() - began < 3
