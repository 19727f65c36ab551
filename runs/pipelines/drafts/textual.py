"""A pipeline from the text of its file."""

from runs.pipelines.drafts.documents import Document


def document_of(text: str, file_name: str) -> Document:
    """The document of a pipeline file. Raises Invalid with file, line and column for what can't be read."""
    from runs.pipelines.document import reading

    return reading.read_text(text, file_name)
