"""What a job file needs from the machine it lies on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A local path the caller has to send: as a snapshot, a stored file, or a text under `files`."""

    role: str  # "code", "input", "build" or "text" (sent under `files`)
    path: str
    kind: str  # "folder" or "file"
    name: str = ""  # the input's name
    folder: str = ""  # of code with `includes`: the folder itself; `path` is then what it is sent as
    includes: tuple[str, ...] = ()  # files and folders that go into the folder's snapshot, under their own names
