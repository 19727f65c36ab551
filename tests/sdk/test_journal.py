"""The journal on disk: order, torn records, damage, locks."""

import os
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import atelier
import pytest
from atelier import _journal
from hypothesis import given
from hypothesis import strategies as st

HEAD = _journal.Head(run_id="k3v9x2m7qabc", writer="w-1", url="http://x")


def drain(journal: _journal.Journal) -> list[bytes]:
    found = []
    while (record := journal.next_record()) is not None:
        found.append(record.body)
        journal.acknowledge(record)
    return found


@pytest.fixture
def journal(tmp_path: Path) -> _journal.Journal:
    return _journal.Journal.create(tmp_path, HEAD)


def reopened(journal: _journal.Journal) -> _journal.Journal:
    journal.release()
    return _journal.Journal.open(journal.folder)


def test_records_come_out_in_order_while_others_go_in(journal: _journal.Journal) -> None:
    journal.append(_journal.INGEST, b"1")
    first = journal.next_record()
    assert first is not None
    journal.append(_journal.INGEST, b"2")
    assert journal.next_record() == first
    journal.acknowledge(first)
    assert drain(journal) == [b"2"]
    assert journal.next_record() is None


def test_full_segments_are_deleted_when_acknowledged(
    journal: _journal.Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_journal, "SEGMENT_BYTES", 50)
    for number in range(20):
        journal.append(_journal.INGEST, b"%020d" % number)
    assert len(list(journal.folder.glob("*.seg"))) > 3
    assert drain(journal) == [b"%020d" % number for number in range(20)]
    assert len(list(journal.folder.glob("*.seg"))) <= 1
    journal.append(_journal.INGEST, b"after")
    assert drain(journal) == [b"after"]


def test_what_was_not_acknowledged_is_there_after_a_restart(journal: _journal.Journal) -> None:
    for body in (b"1", b"2", b"3"):
        journal.append(_journal.INGEST, body)
    assert drain(reopened(journal)) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("cut", [1, 5, 9, 12])
def test_a_torn_last_record_is_skipped(journal: _journal.Journal, cut: int) -> None:
    journal.append(_journal.INGEST, b"whole")
    journal.append(_journal.INGEST, b"torn!")
    path = next(journal.folder.glob("*.seg"))
    os.truncate(path, path.stat().st_size - cut)
    again = reopened(journal)
    assert drain(again) == [b"whole"]
    assert again.damaged == 1


def test_a_damaged_record_in_the_middle_loses_only_itself(journal: _journal.Journal) -> None:
    for body in (b"first", b"second", b"third"):
        journal.append(_journal.INGEST, body)
    path = next(journal.folder.glob("*.seg"))
    content = path.read_bytes()
    path.write_bytes(content.replace(b"second", b"sXcond"))
    again = reopened(journal)
    assert drain(again) == [b"first", b"third"]
    assert again.damaged == 1


def test_a_record_is_length_checksum_kind_and_body(journal: _journal.Journal) -> None:
    journal.append(_journal.INGEST, b"body")
    content = next(journal.folder.glob("*.seg")).read_bytes()
    assert content == (5).to_bytes(4, "big") + zlib.crc32(b"Ibody").to_bytes(4, "big") + b"Ibody"


def test_a_journal_has_one_holder(journal: _journal.Journal) -> None:
    with pytest.raises(_journal.Busy):
        _journal.Journal.open(journal.folder)
    journal.release()
    second = _journal.Journal.open(journal.folder)
    second.remove()
    assert not journal.folder.exists()


def test_artifacts_are_copies_and_survive_a_restart(journal: _journal.Journal, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(b"first")
    journal.add_file(source, path="models/model.bin", content_type="x/y")
    source.write_bytes(b"changed")
    pending = reopened(journal).next_file()
    assert pending is not None
    assert (pending.path, pending.content_type, pending.source.read_bytes()) == ("models/model.bin", "x/y", b"first")


def test_a_full_disk_leaves_the_journal_readable(journal: _journal.Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.append(_journal.INGEST, b"before")
    real = os.write

    def full(handle: int, data: bytes) -> int:
        if len(data) > 3:
            return real(handle, bytes(data)[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        journal.append(_journal.INGEST, b"refused")
    monkeypatch.setattr(os, "write", real)
    journal.append(_journal.INGEST, b"after")
    assert drain(journal) == [b"before", b"after"]


def test_an_unreadable_head_is_said_and_left_alone(tmp_path: Path, spool: Path) -> None:
    folder = spool / "k3v9x2m7qabc.w-1"
    folder.mkdir(parents=True)
    (folder / "head.json").write_text("{")
    report = atelier.sync()
    assert report.left == [folder]
    assert "no readable journal" in report.problems[0]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8), st.data())
def test_whatever_happens_to_the_bytes_no_wrong_record_comes_out(bodies: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = _journal.Journal.create(Path(folder), HEAD)
        for body in bodies:
            journal.append(_journal.INGEST, body)
        path = next(journal.folder.glob("*.seg"))
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(0, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        again = reopened(journal)
        assert not Counter(drain(again)) - Counter(bodies)
        again.release()
