"""A log keeps every byte once, and is read by byte, by line and by text."""

import threading
import tracemalloc

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.jobs import handlers, logs
from compute.jobs.models import Job, LogChunk, Reason
from studio.errors import Conflict
from tests.factories import make_job, make_workspace
from tests.people import People


@pytest.fixture
def job(people: People) -> Job:
    return make_job(people.workspace, state="running", attempt=1)


def write(job: Job, data: bytes, attempt: int = 1) -> int:
    job.refresh_from_db()
    return logs.append(job=job, attempt=attempt, offset=job.log_size, data=data)


def everything(job: Job) -> bytes:
    return b"".join(logs.raw(job))


def test_bytes_are_appended_and_counted(job: Job) -> None:
    assert logs.append(job=job, attempt=1, offset=0, data=b"one\ntwo\n") == 8
    assert logs.append(job=job, attempt=1, offset=8, data=b"three") == 13
    job.refresh_from_db()
    assert (job.log_size, job.log_lines, everything(job)) == (13, 2, b"one\ntwo\nthree")


def test_a_piece_sent_again_changes_nothing(job: Job) -> None:
    logs.append(job=job, attempt=1, offset=0, data=b"abcdef")
    assert logs.append(job=job, attempt=1, offset=0, data=b"abcdef") == 6
    assert logs.append(job=job, attempt=1, offset=2, data=b"cd") == 6
    assert everything(job) == b"abcdef"


def test_of_an_overlapping_piece_only_the_new_bytes_are_kept(job: Job) -> None:
    logs.append(job=job, attempt=1, offset=0, data=b"abc")
    assert logs.append(job=job, attempt=1, offset=1, data=b"bcdef") == 6
    assert everything(job) == b"abcdef"


def test_a_gap_is_refused_with_the_offset_that_is_expected(job: Job) -> None:
    logs.append(job=job, attempt=1, offset=0, data=b"abc")
    with pytest.raises(logs.LogGap) as caught:
        logs.append(job=job, attempt=1, offset=5, data=b"x")
    assert caught.value.expected_offset == 3 and caught.value.extensions == {"expected_offset": 3}
    assert everything(job) == b"abc"


def test_a_job_that_was_read_long_ago_is_looked_at_again(job: Job) -> None:
    stale = Job.objects.get(pk=job.pk)
    logs.append(job=job, attempt=1, offset=0, data=b"abc")
    assert logs.append(job=stale, attempt=1, offset=3, data=b"def") == 6
    assert everything(job) == b"abcdef"


def test_an_attempt_that_is_over_writes_nothing(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(Conflict) as caught:
        logs.append(job=job, attempt=1, offset=0, data=b"late")
    assert caught.value.code == "stale_attempt"
    assert everything(job) == b""


def test_the_log_of_an_ended_job_is_closed_but_knows_what_it_has(job: Job) -> None:
    write(job, b"abc")
    Job.objects.filter(pk=job.pk).update(state="completed")
    job.refresh_from_db()
    assert logs.append(job=job, attempt=1, offset=0, data=b"abc") == 3
    with pytest.raises(Conflict) as caught:
        logs.append(job=job, attempt=1, offset=3, data=b"d")
    assert caught.value.code == "job_finished"


def test_a_lost_runner_that_comes_back_may_still_deliver_its_log(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state="failed", reason=Reason.RUNNER_LOST)
    assert write(job, b"the end\n") == 8


def test_a_large_piece_becomes_several_chunks_with_their_line_numbers(job: Job) -> None:
    data = b"".join(b"line %06d\n" % number for number in range(60_000))
    write(job, data)
    chunks = list(LogChunk.objects.filter(job=job))
    assert len(chunks) == 3 and sum(chunk.lines for chunk in chunks) == 60_000
    assert [chunk.line for chunk in chunks] == [data[: chunk.offset].count(b"\n") for chunk in chunks]
    assert everything(job) == data


def test_reading_goes_on_where_it_stopped_until_it_is_final(job: Job) -> None:
    write(job, b"hello world, " * 10)
    first = logs.read(job, 0, 50)
    assert (first.offset, first.next_offset, first.size, first.is_final) == (0, 50, 130, False)
    Job.objects.filter(pk=job.pk).update(state="completed")
    rest = logs.read(job, 50, 1_000)
    assert first.data + rest.data == b"hello world, " * 10 and rest.is_final


def test_a_character_is_never_cut_in_two(job: Job) -> None:
    text = "aé日本語🎯" * 20
    write(job, text.encode())
    read, offset = "", 0
    for _ in range(100):
        piece = logs.read(job, offset, 17)
        read, offset = read + piece.text, piece.next_offset
        if offset == piece.size:
            break
    assert read == text


def test_half_a_character_at_the_end_waits_for_its_other_half(job: Job) -> None:
    write(job, "é".encode()[:1])
    assert logs.read(job, 0).data == b""
    write(job, "é".encode()[1:])
    assert logs.read(job, 0).text == "é"


def test_bytes_that_are_no_text_are_shown_as_such_and_kept_as_they_are(job: Job) -> None:
    data = bytes(range(256)) * 3
    write(job, data)
    Job.objects.filter(pk=job.pk).update(state="failed")
    collected, offset = b"", 0
    while offset < len(data):
        piece = logs.read(job, offset, 100)
        assert piece.next_offset > offset
        collected, offset = collected + piece.data, piece.next_offset
    assert collected == data and everything(job) == data


def test_lines_are_read_by_number_with_the_unfinished_one(job: Job) -> None:
    for number in range(20):
        write(job, b"line %d\r\nhalf of " % number)
    found = logs.read_lines(job, 5, 3)
    assert found.lines == ["half of line 5", "half of line 6", "half of line 7"]
    assert found.total == 21
    assert logs.read_lines(job, 20, 10).lines == ["half of "]
    assert logs.read_lines(job, 21, 10).lines == []
    assert logs.read_lines(job, 0, 1).lines == ["line 0"]


def test_an_empty_log_has_no_lines(job: Job) -> None:
    assert (logs.read_lines(job, 0, 10).lines, logs.read_lines(job, 0, 10).total, logs.tail(job, 5)) == ([], 0, "")


def test_a_line_without_an_end_is_cut_for_lists(job: Job) -> None:
    write(job, b"x" * 700_000)
    write(job, b"\nnext\n")
    found = logs.read_lines(job, 0, 5)
    assert [len(line) for line in found.lines] == [64 * 1024, 4]


def test_the_tail_is_the_last_lines(job: Job) -> None:
    for number in range(50):
        write(job, b"line %d\n" % number)
    assert logs.tail(job, 3) == "line 47\nline 48\nline 49"
    write(job, b"and a half")
    assert logs.tail(job, 2) == "line 49\nand a half"


def test_a_search_ignores_case_and_numbers_the_lines(job: Job) -> None:
    write(job, b"start\nan Err")
    write(job, b"OR here, error again\nfine\nERROR: two\n")
    write(job, "Ähnlich wie ÄRGER\n".encode())
    assert logs.search(job, "error") == [logs.LogHit(1, "an ErrOR here, error again"), logs.LogHit(3, "ERROR: two")]
    assert logs.search(job, "ärger") == [logs.LogHit(4, "Ähnlich wie ÄRGER")]
    assert logs.search(job, ".*") == [] and logs.search(job, "") == []


def test_a_search_goes_on_after_its_limit(job: Job) -> None:
    write(job, b"".join(b"hit %d\nmiss\n" % number for number in range(10)))
    found, line = [], 0
    while True:
        part = logs.search_from(job, "hit", limit=3, line=line)
        found += [hit.line for hit in part.hits]
        line = part.next_line
        if part.is_complete:
            break
    assert found == list(range(0, 20, 2))


def test_compaction_changes_the_pieces_and_no_byte(job: Job) -> None:
    data = b""
    for number in range(100):
        piece = b"line %d " % number + b"x" * 5_000 + b"\n"
        data += piece
        write(job, piece)
    before = logs.read_lines(job, 42, 3)
    assert logs.compact(job) == 2
    assert LogChunk.objects.filter(job=job).count() == 2
    assert everything(job) == data and logs.read_lines(job, 42, 3) == before
    assert logs.compact(job) == 2
    write(job, b"after")
    assert everything(job) == data + b"after"


def test_the_owner_of_the_job_hears_how_far_the_log_is(job: Job, monkeypatch) -> None:
    heard = []

    class Listener(handlers.NoHandler):
        def logged(self, job: Job) -> None:
            heard.append(job.log_size)

    monkeypatch.setitem(handlers._HANDLERS, "run", Listener())
    write(job, b"abc")
    logs.append(job=job, attempt=1, offset=0, data=b"abc")
    assert heard == [3]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=40), max_size=8), resend=st.integers(0, 60), line=st.integers(0, 20))
def test_any_pieces_read_back_as_one_log(people: People, pieces, resend, line) -> None:
    job = make_job(people.workspace, state="running", attempt=1)
    data = b"".join(pieces)
    for piece in pieces:
        write(job, piece)
    start = min(resend, len(data))
    logs.append(job=job, attempt=1, offset=start, data=data[start:])
    Job.objects.filter(pk=job.pk).update(state="completed")
    for _ in range(2):
        assert everything(job) == data
        whole = data.split(b"\n")
        whole = whole[:-1] if whole[-1] == b"" else whole
        expected = [one.decode("utf-8", "replace").removesuffix("\r") for one in whole]
        found = logs.read_lines(job, line, 1_000)
        assert (found.lines, found.total) == (expected[line:], len(expected))
        logs.compact(job)


@pytest.mark.django_db(transaction=True)
def test_senders_of_one_log_at_the_same_time_write_every_byte_once() -> None:
    job = make_job(make_workspace("race"), state="running", attempt=1)
    data = b"".join(b"%05d\n" % number for number in range(2_000))

    def send() -> None:
        own, at = Job.objects.get(pk=job.pk), 0
        while at < len(data):
            try:
                at = max(at, logs.append(job=own, attempt=1, offset=at, data=data[at : at + 600]))
            except Conflict:
                own.refresh_from_db()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    job.refresh_from_db()
    assert everything(job) == data and (job.log_size, job.log_lines) == (len(data), 2_000)


def test_fifty_megabytes_are_streamed_searched_and_read_with_flat_memory(job: Job) -> None:
    line = b"epoch 0001 loss 0.123456 accuracy 0.98765 and some more words to fill the line up\n"
    piece = line * (1024 * 1024 // len(line))
    for _ in range(50):
        logs.append(job=job, attempt=1, offset=job.log_size, data=piece)
    tracemalloc.start()
    total = sum(len(part) for part in logs.raw(job))
    logs.search(job, "needle")
    last = logs.read_lines(job, job.log_lines - 5, 10)
    logs.compact(job)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 50 * len(piece) and len(last.lines) == 5
    assert peak < 20 * 1024 * 1024
