"""Whether the secrets a job names are there, told with the place before anything is made."""

from collections.abc import Mapping

from atelier import _secrets

from runs.tracking.jobfile.command import CommandJob
from runs.tracking.jobfile.problems import JobFileError, Place, Problem, did_you_mean
from studio.access.models import Workspace
from studio.secrets import queries


def check(*, workspace: Workspace, job: CommandJob, open_to: frozenset[str] | None = None) -> None:
    """Raise JobFileError for a name that is no secret of this workspace, or that is not among those in `open_to`."""
    asked = {name: _secrets.names([text]) for name, text in job.environment_variables.items()}
    if not any(asked.values()):
        return
    known = queries.names_for_jobs(workspace)
    problems = [
        Problem(path, job.places.get(path, Place(0, 0)), words)
        for variable, names in asked.items()
        for path in [f"environment_variables.{variable}"]
        for name in names
        for words in [_problem(name, known, open_to)]
        if words
    ]
    if problems:
        raise JobFileError(job.file_name, problems)


def _problem(name: str, known: Mapping[str, str], open_to: frozenset[str] | None) -> str:
    if open_to is not None and name.casefold() not in open_to:
        given = ", ".join(sorted(open_to)) or "none"
        return f"a job hands on only the secrets that its own file names ({given}), and {name} is not among them"
    if name.casefold() not in known:
        return f"there is no secret {name!r} in this workspace.{did_you_mean(name, known.values())}"
    return ""
