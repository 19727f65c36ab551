"""A pipeline from the text of its file."""

from collections.abc import Mapping

from runs.pipelines.document import reading
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.drafts.documents import Document


def document_of(text: str, file_name: str, files: Mapping[str, str] | None = None) -> Document:
    """The document of a pipeline file. Raises InvalidPipeline with line and column for what can't be read."""
    found = reading.read_text(text, file_name, files)
    if found.problems:
        raise InvalidPipeline(found.problems, file_name)
    return found.document
