"""YAML of other people: small texts that would mean gigabytes, or the end of the process."""

import threading
import time

import pytest
import yaml

from studio import plain_yaml


def merges(levels: int) -> str:
    lines = ["a0: &a0 {k: 1}"]
    for level in range(1, levels):
        names = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {{<<: [{names}]}}")
    return "\n".join(lines)


def test_plain_data_comes_back() -> None:
    assert plain_yaml.load("a: [1, 0.5, true, null]\nb:\n  c: text") == {"a": [1, 0.5, True, None], "b": {"c": "text"}}
    assert plain_yaml.load("") is None


@pytest.mark.parametrize(
    "text",
    [
        merges(12),
        "[" * 100_000,
        "[" * 60 + "]" * 60,
        "a: &a [*a]",
        "- 1\n" * 250_000,
        "!!python/object/apply:os.system [ls]",
        "a: 9999-99-99",
        "{[]: 1}",
        "a: " + "9" * 5_000,
        "\ud800",
        "a: b: c",
    ],
)
def test_A41_A55_what_is_more_than_plain_data_is_refused_at_once(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(yaml.YAMLError):
        plain_yaml.load(text)
    assert time.monotonic() - started < 5


def test_A41_a_hundred_thousand_brackets_do_not_end_the_process_in_a_thread() -> None:
    found: list[BaseException] = []

    def read() -> None:
        try:
            plain_yaml.load("[" * 100_000 + "]" * 100_000)
        except yaml.YAMLError as error:
            found.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert "deeper" in str(found[0])
