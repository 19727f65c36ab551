"""The runner's log: what becomes of progress bars, endless lines and broken text."""

import pytest
from atelier.runner.logs import LINE_LIMIT, Folder
from hypothesis import given
from hypothesis import strategies as st


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(clock: Clock) -> Folder:
    return Folder(clock)


def test_whole_lines_go_through_as_they_are(folder: Folder) -> None:
    assert folder.feed(b"\x1b[31mred\x1b[0m\nplain\n") == "\x1b[31mred\x1b[0m\nplain\n"


def test_an_unfinished_line_waits_for_its_end(folder: Folder) -> None:
    assert folder.feed(b"half") == ""
    assert folder.feed(b" done\n") == "half done\n"


def test_a_prompt_is_shown_after_a_second(folder: Folder, clock: Clock) -> None:
    folder.feed(b"Password: ")
    assert folder.idle() == ""
    clock.now = 1.1
    assert folder.idle() == "Password: "
    assert folder.feed(b"ok\n") == "ok\n"


def test_a_progress_bar_keeps_its_last_state(folder: Folder) -> None:
    assert folder.feed(b"\r10%\r50%\r100%\n") == "100%\n"


def test_a_progress_bar_shows_one_state_every_five_seconds(folder: Folder, clock: Clock) -> None:
    shown = ""
    for tick in range(100):
        clock.now = tick / 5
        shown += folder.feed(f"\r{tick}%".encode())
    shown += folder.feed(b"\rdone\n")
    lines = shown.splitlines()
    assert lines[-1] == "done"
    assert 4 <= len(lines) <= 6


def test_a_state_that_was_shown_is_not_shown_again_at_the_end(folder: Folder, clock: Clock) -> None:
    clock.now = 10
    assert folder.feed(b"\r1%\r100%") == "100%\n"
    assert folder.feed(b"\n") == ""


def test_bars_that_end_with_the_return_are_folded_too(folder: Folder, clock: Clock) -> None:
    clock.now = 10
    assert folder.feed(b"10%\r20%\r") == "20%\n"
    assert folder.feed(b"30%\r\n") == "30%\n"


def test_windows_line_ends_are_line_ends_even_when_cut_in_two(folder: Folder, clock: Clock) -> None:
    clock.now = 10
    assert folder.feed(b"one\r\ntwo\r") == "one\n"
    assert folder.feed(b"\nthree\n") == "two\nthree\n"


def test_a_line_without_end_is_broken(folder: Folder) -> None:
    text = folder.feed(b"x" * (3 * LINE_LIMIT)) + folder.close()
    assert max(len(line) for line in text.splitlines()) <= LINE_LIMIT
    assert text.replace("\n", "") == "x" * (3 * LINE_LIMIT)


def test_what_is_no_text_is_replaced(folder: Folder) -> None:
    assert folder.feed(b"a\xffb\0c\n") == "a\ufffdb\ufffdc\n"


def test_a_character_cut_in_two_is_kept(folder: Folder) -> None:
    assert folder.feed("ü".encode()[:1]) == ""
    assert folder.feed("ü".encode()[1:] + b"\n") == "ü\n"


def test_the_rest_comes_with_the_close(folder: Folder) -> None:
    folder.feed(b"no end")
    assert folder.close() == "no end\n"
    assert Folder().close() == ""


@given(
    lines=st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20), max_size=20), data=st.data()
)
def test_lines_without_returns_arrive_whole_however_they_are_cut(lines: list[str], data: st.DataObject) -> None:
    raw = "".join(f"{line}\n" for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    folder, text = Folder(Clock()), ""
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        text += folder.feed(raw[start:end])
    assert text + folder.close() == raw.decode()
