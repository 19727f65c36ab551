"""One function judges names of files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import Invalid
from studio.storage.names import safe_relpath

REFUSED = [
    pytest.param("", id="A42-empty"),
    pytest.param("../../etc/passwd", id="A29-traversal"),
    pytest.param("a/../../b", id="A29-inside"),
    pytest.param(".", id="A29-dot"),
    pytest.param("a//b", id="A29-empty-part"),
    pytest.param("a/", id="A29-trailing-slash"),
    pytest.param("/etc/passwd", id="A30-absolute"),
    pytest.param("C:/x", id="A30-drive"),
    pytest.param("a/C:x", id="A30-drive-inside"),
    pytest.param("file:/x", id="A30-scheme"),
    pytest.param("..\\..\\x", id="A31-backslash"),
    pytest.param("%2e%2e%2fx", id="A32-double-encoded"),
    pytest.param("%252e%252e%252fx", id="A32-thrice-encoded"),
    pytest.param("x;..%2f", id="A33-semicolon"),
    pytest.param("a\x00b", id="A42-nul"),
    pytest.param("a\nb", id="A42-newline"),
    pytest.param("a\x1b[31m", id="A42-escape"),
    pytest.param("photo\u202egnp.exe", id="A42-direction"),
    pytest.param("é" * 600, id="A42-too-long"),
    pytest.param("\ud800", id="A87-surrogate"),
    pytest.param("a /b", id="A43-blank"),
    pytest.param("a ", id="A43-trailing-blank"),
]


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        safe_relpath(name)
    assert caught.value.code == "unsafe_path"
    assert caught.value.hint


# What scripts make of the time and of their settings.
STAMPED = ["checkpoints/2026-11-21T10:30:00.pt", "loss:train.png", "lr=0.1;seed=3.json"]


@pytest.mark.parametrize(
    "name", ["a", "a/b.txt", "models/best model.pkl", "日本/図.png", "a%20b", ".hidden", "...", *STAMPED]
)
def test_an_ordinary_name_is_kept(name: str) -> None:
    assert safe_relpath(name) == name


def test_A43_two_spellings_of_one_name_are_one_name() -> None:
    assert safe_relpath("caf\u0065\u0301.txt") == safe_relpath("caf\u00e9.txt")


@given(st.text(max_size=40))
def test_whatever_comes_through_stays_below_the_folder(name: str) -> None:
    try:
        found = safe_relpath(name)
    except Invalid:
        return
    assert not found.startswith("/")
    assert not {"", ".", ".."} & set(found.split("/"))
    assert safe_relpath(found) == found
