"""Pipeline files at every door that takes job files: the command line, REST, the New run page."""

from runs.components.files import writing
from runs.pipelines.document import checking, reading
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.document.reading import Reading
from runs.pipelines.engine import submitting
from runs.pipelines.engine.sending import Sent
from runs.tracking.job_types import Checked, JobFile
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User

NAME = "pipeline"
TEXTS = ("text",)


class PipelineType:
    """Reads, checks and submits pipeline files."""

    def means(self, job_file: JobFile) -> bool:
        if job_file.text is not None:
            return reading.is_pipeline(job_file.text, job_file.file_name)
        return reading.is_pipeline_object(job_file.job)

    def check(self, *, actor: User | None, workspace: Workspace, job_file: JobFile) -> Checked:
        """While texts are missing only they are asked for: what they say is judged with the rest."""
        found = _read(job_file)
        missing = tuple(need for need in found.needs if need.role in TEXTS and not _is_sent(need.path, job_file))
        if found.problems or not missing:
            _refuse(checking.check_reading(workspace, found), job_file)
        return Checked(found.document, missing or found.needs, found.notes)

    def submit(
        self, *, actor: User, workspace: Workspace, job_file: JobFile, open_secrets: frozenset[str] | None = None
    ) -> Run:
        found = _read(job_file)
        _refuse(checking.check_reading(workspace, found), job_file)
        sent = Sent(snapshots=job_file.snapshots, data=job_file.blobs, files=job_file.files, git=job_file.git)
        return submitting.submit(
            actor=actor, workspace=workspace, document=found.document, sent=sent, open_secrets=open_secrets
        )


def _read(job_file: JobFile) -> Reading:
    if job_file.text is not None:
        return reading.read_text(job_file.text, job_file.file_name, job_file.files, job_file.overrides)
    return reading.read_text(writing.dumped(job_file.job), job_file.file_name, job_file.files, job_file.overrides)


def _is_sent(path: str, job_file: JobFile) -> bool:
    return path in job_file.files or path.removeprefix("./") in job_file.files


def _refuse(problems: list[checking.Problem], job_file: JobFile) -> None:
    if problems:
        raise InvalidPipeline(problems, job_file.file_name if job_file.text is not None else "")
