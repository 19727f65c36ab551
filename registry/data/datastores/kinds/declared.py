"""What a kind of datastore says about itself: its settings and credentials as data, and how it is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from registry.data.datastores.kinds.base import FileStore
    from registry.data.datastores.kinds.sql_base import SqlStore

TEXT, NUMBER, FLAG, LONG, CHOICE = "text", "number", "flag", "long", "choice"


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a kind's form, of its REST body and of its row: no secret."""

    name: str
    label: str
    type: str = TEXT
    required: bool = False
    default: str | int | bool = ""
    example: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()  # the choices of the kind's first setting that it belongs to; empty: to all


@dataclass(frozen=True, slots=True)
class Credential:
    """One way in: what has to be entered for it. All of its fields are secret and are kept together."""

    name: str
    label: str
    fields: tuple[Setting, ...] = ()
    only: tuple[str, ...] = ()  # as of a setting


@dataclass(frozen=True, slots=True)
class Place:
    """All that a kind needs to open one datastore."""

    name: str
    options: Mapping[str, object]
    own_folder: Path  # where the studio would keep its files itself
    credential: Mapping[str, str] = field(default_factory=dict)  # in the clear: only while it is open

    def text(self, option: str) -> str:
        return str(self.options.get(option) or "")


class Kind(Protocol):
    """One kind of datastore."""

    label: ClassVar[str]
    icon: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]]
    credentials: ClassVar[tuple[Credential, ...]]
    # The settings that say where a credential is sent: changed only together with it.
    anchors: ClassVar[tuple[str, ...]] = ()

    def check_options(self, options: Mapping[str, object]) -> None:
        """Raise Invalid for settings that can't be, before anything is saved or called."""
        ...

    def check_credential(self, credential: Mapping[str, str]) -> None:
        """Raise Invalid for a credential that can't be one."""
        return

    def settled(
        self, options: Mapping[str, object], credential: Mapping[str, str]
    ) -> tuple[dict[str, object], dict[str, str]]:
        """Settings and credential as they are kept, where what people enter holds both in one."""
        return dict(options), dict(credential)

    def learn(self, place: Place) -> dict[str, object]:
        """Settings that the first test of the connection finds out, to be kept. Raises DatastoreProblem."""
        return {}

    def where(self, options: Mapping[str, object]) -> str:
        """The place in a few words, for lists."""
        ...

    def open(self, place: Place) -> "FileStore | SqlStore":
        """Nothing is called yet."""
        ...
