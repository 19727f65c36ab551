"""What a job file needs from the machine it lies on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A local path the caller has to send: as a snapshot, a stored file, or a text under `files`."""

    role: str  # "code", "input", "build" or "text" (sent under `files`)
    path: str
    kind: str  # "folder" or "file"
    name: str = ""  # the input's name
