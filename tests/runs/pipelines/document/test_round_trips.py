"""Document → YAML → document is the identical document, and reading what is in normal form changes nothing."""

import json

import pytest

from runs.pipelines.document import reading, writing
from runs.pipelines.drafts import samples
from tests.runs.pipelines.document import graphs

pytestmark = pytest.mark.pure


def test_five_hundred_random_pipelines_come_back_as_they_were() -> None:
    for seed in range(500):
        first = reading.read_object(graphs.document(seed))
        assert first.problems == (), seed
        text = writing.to_yaml(first.document)
        again = reading.read_text(text)
        assert again.problems == (), (seed, again.problems, text)
        assert again.document == first.document, seed
        if not seed % 10:
            # Not only equal, but in the same order: what a client gets is the same JSON, what is written the same text.
            assert json.dumps(again.document["jobs"]) == json.dumps(first.document["jobs"]), seed
            assert writing.to_yaml(again.document) == text, seed
            assert reading.read_object(json.loads(json.dumps(again.document))).document == first.document, seed


@pytest.mark.parametrize("sample", [one.key for one in samples.SAMPLES])
def test_every_sample_comes_back_as_it_was(sample: str) -> None:
    document = samples.document_of(sample)
    assert document["layout"]
    found = reading.read_object(document)
    assert (found.problems, found.document) == ((), document)
    assert reading.read_text(writing.to_yaml(document)).document == document
