"""What is collected while a file is read: problems with codes, the files it asks for, and where its parts stand."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runs.tracking.jobfile import places
from runs.tracking.jobfile.needs import Need
from runs.tracking.jobfile.problems import Place, Problem, did_you_mean
from runs.tracking.jobfile.reader import Entry, Tree
from runs.tracking.jobfile.values import Check

SEALED = ("snapshot:", "blob:")  # what was sent along, once it has been: `snapshot:<sha256>`
MAX_NESTED = 8


@dataclass(frozen=True, slots=True)
class CodedProblem(Problem):
    code: str = "bad_value"


@dataclass
class Shared:
    """What the reader of a file shares with the readers of the files it names."""

    files: Mapping[str, str] = field(default_factory=dict)
    needs: dict[tuple[str, str, str], Need] = field(default_factory=dict)


class FileCheck(Check):
    """A `Check` whose paths start from `base`, the folder of the file, as seen from the file that was sent."""

    def __init__(self, shared: Shared | None = None, base: str = "", within: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.shared = shared or Shared()
        self.base = base
        self.within = within  # the files that led here, so that none holds itself

    def wrong(self, path: str, place: Place, text: str, code: str = "bad_value") -> None:
        self.problems.append(CodedProblem(path, place, text, code))

    def known(self, entries: dict[str, Entry], path: str, names: Iterable[str]) -> dict[str, Entry]:
        allowed = list(names)
        for name, entry in entries.items():
            if name not in allowed:
                where = f" in {path}" if path else ""
                guess = did_you_mean(name, allowed)
                below = f"{path}.{name}" if path else name
                self.wrong(below, entry.place, f"unknown field {name[:60]!r}{where}.{guess}", "unknown_field")
        return {name: entry for name, entry in entries.items() if name in allowed}

    def at(self, path: str, place: Place) -> None:
        """Keep where something stands, for what is judged once the whole is known."""
        self.places.setdefault(path, place)

    def local(self, tree: Tree, path: str, given: str, advice: str) -> str:
        """A path beside the file, seen from the file that was sent; empty, with a problem, for an address."""
        if given.startswith(SEALED):
            return given
        found = places.local(self, tree, path, given, advice)
        return self.rebased(found) if found else ""

    def rebased(self, path: str) -> str:
        if not self.base or path.startswith(("/", *SEALED)):
            return path
        return posixpath.normpath(posixpath.join(self.base, path.replace("\\", "/")))

    def needed(
        self, role: str, path: str, kind: str, name: str = "", *, folder: str = "", includes: Iterable[str] = ()
    ) -> None:
        """Something beside the file that has to be sent with it."""
        if path and not path.startswith(SEALED):
            need = Need(role, path, kind, name, folder, tuple(includes))
            self.shared.needs.setdefault((role, path, name), need)

    def text_of(self, path: str) -> str | None:
        """The text of a file that was sent; None, and it is asked for, while it was not."""
        self.needed("text", path, "file")
        return self.shared.files.get(path, self.shared.files.get(posixpath.normpath(path)))
