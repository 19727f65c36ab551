"""Pipelines to begin with: pipeline files with a layout, on data sets that come with the studio."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runs.pipelines.drafts import textual
from runs.pipelines.drafts.documents import Document
from studio.errors import NotFound

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as its card shows it; `key` is the name of its file."""

    key: str
    title: str
    about: str
    icon: str


SAMPLES: tuple[Sample, ...] = ()


def named(key: str) -> Sample:
    """Raises NotFound."""
    found = next((each for each in SAMPLES if each.key == key), None)
    if found is None:
        known = ", ".join(each.key for each in SAMPLES)
        raise NotFound("not_found", f"There is no sample {key[:60]!r}.", hint=f"There are: {known}.")
    return found


def document_of(key: str) -> Document:
    """The sample's document. Raises NotFound."""
    return dict(_read(named(key).key))


@cache
def _read(key: str) -> Document:
    name = f"{key}.yml"
    return textual.document_of((FOLDER / name).read_text(), name)
