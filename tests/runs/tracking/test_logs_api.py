"""The log of a run over REST."""

import time

import pytest

from compute.jobs import logs
from compute.jobs.models import Job
from runs.tracking.models import Run
from tests.factories import make_run
from tests.people import People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def run(people: People) -> Run:
    run = make_run(people.workspace, state="running", with_job=True)
    logs.append(job=run.job, attempt=0, offset=0, data="eins\nzwei ERROR\ndrei ü\nvier".encode())
    return run


@pytest.fixture
def reader(api, people: People):
    return api(people.rita, base=BASE)


def test_text_is_read_from_an_offset(reader, run: Run) -> None:
    answer = reader.get(f"runs/{run.pk}/log", {"offset": 5, "limit": 16}).json()
    assert answer == {
        "text": "zwei ERROR\ndrei ", "offset": 5, "next_offset": 21, "size": 28, "lines": 3, "is_final": False,
    }  # fmt: skip
    rest = reader.get(f"runs/{run.pk}/log", {"offset": 21}).json()
    assert (rest["text"], rest["next_offset"]) == ("ü\nvier", 28)


def test_the_end_of_a_finished_log_is_final(reader, run: Run) -> None:
    Job.objects.filter(pk=run.job_id).update(state="completed")
    assert reader.get(f"runs/{run.pk}/log").json()["is_final"] is True
    assert reader.get(f"runs/{run.pk}/log", {"limit": 16}).json()["is_final"] is False


def test_lines_are_read_by_number(reader, run: Run) -> None:
    answer = reader.get(f"runs/{run.pk}/log", {"line": 1, "count": 2}).json()
    assert answer == {"line": 1, "lines": ["zwei ERROR", "drei ü"], "total": 4, "size": 28, "is_final": False}


def test_a_search_answers_lines(reader, run: Run) -> None:
    answer = reader.get(f"runs/{run.pk}/log/search", {"q": "error"}).json()
    assert answer == {"results": [{"line": 1, "text": "zwei ERROR"}], "next_line": None, "is_complete": True}
    assert reader.get(f"runs/{run.pk}/log/search", {"q": ""}).status_code == 400


def test_the_whole_log_is_a_file(reader, run: Run) -> None:
    answer = reader.get(f"runs/{run.pk}/log/raw")
    assert b"".join(answer.streaming_content).decode() == "eins\nzwei ERROR\ndrei ü\nvier"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_waiting_ends_at_once_when_there_is_more(reader, run: Run) -> None:
    started = time.monotonic()
    assert reader.get(f"runs/{run.pk}/log", {"offset": 0, "wait": 20}).json()["next_offset"] == 28
    assert time.monotonic() - started < 0.5


def test_waiting_ends_at_once_when_the_job_has_ended(reader, run: Run) -> None:
    Job.objects.filter(pk=run.job_id).update(state="failed")
    started = time.monotonic()
    assert reader.get(f"runs/{run.pk}/log", {"offset": 28, "wait": 20}).json()["is_final"] is True
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize(
    "query", [{"offset": "-1"}, {"limit": "0"}, {"line": "x"}, {"wait": "21"}, {"count": "99999", "line": "0"}]
)
def test_a_bad_question_gets_a_sentence(reader, run: Run, query) -> None:
    assert reader.get(f"runs/{run.pk}/log", query).status_code == 400


def test_a_run_without_a_job_has_an_empty_log(reader, people: People) -> None:
    run = make_run(people.workspace)
    assert reader.get(f"runs/{run.pk}/log").json()["text"] == ""
    assert reader.get(f"runs/{run.pk}/log", {"line": 0}).json()["lines"] == []
    assert reader.get(f"runs/{run.pk}/log/search", {"q": "a"}).json()["results"] == []
    assert b"".join(reader.get(f"runs/{run.pk}/log/raw").streaming_content) == b""


def test_a_stranger_sees_no_log(api, people: People, run: Run) -> None:
    stranger = api(people.stan, base=BASE)
    assert [stranger.get(f"runs/{run.pk}/log{part}").status_code for part in ("", "/search?q=a", "/raw")] == [404] * 3
