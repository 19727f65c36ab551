"""A log that can't grow without end."""

from pathlib import Path

from studio.supervisor.logs import RotatingLog


def test_a_full_log_makes_room(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "web.log", limit=10)
    for letter in b"abcdef":
        log.write(bytes([letter]) * 8)
    log.close()
    kept = {file.name: file.read_text()[0] for file in tmp_path.iterdir()}
    assert kept == {"web.log": "f", "web.log.1": "e", "web.log.2": "d", "web.log.3": "c"}


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    for word in (b"one\n", b"two\n"):
        log = RotatingLog(tmp_path / "web.log")
        log.write(word)
        log.close()
    assert (tmp_path / "web.log").read_text() == "one\ntwo\n"


def test_the_tail_is_the_last_lines(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "web.log")
    log.write(b"a\nb\nc\n")
    assert log.tail(2) == "b\nc"
