"""*Test connection*: what is wrong with a place, in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from registry.data.datastores import definition as definitions
from registry.data.datastores import opening
from registry.data.datastores.definition import Checked, Definition
from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.registry import kind_of
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import StudioError
from studio.live import topics
from studio.live.publish import publish


@dataclass(frozen=True, slots=True)
class Check:
    """What a test found. `learned`: settings that it found out, such as the fingerprint of a host's key."""

    problem: str
    hint: str
    at: datetime
    learned: dict[str, Any]

    @property
    def is_working(self) -> bool:
        return not self.problem


def check_datastore(*, actor: User | None, datastore: Datastore) -> Check:
    """Ask the place, and keep what came of it. Settings learned at the first test are kept for ever after."""
    try:
        found = _ask(datastore.kind, opening.place_of(datastore), writing=not datastore.is_read_only)
    except StudioError as error:
        found = Check(error.message, error.hint, timezone.now(), {})
    changes: dict[str, Any] = {"checked_at": found.at, "check_problem": found.problem[:1000]}
    if found.learned:
        changes |= {"options": {**datastore.options, **found.learned}, "updated_at": timezone.now()}
    # Somebody may have changed the place meanwhile: what was found is not said of another one.
    Datastore.objects.filter(pk=datastore.pk, updated_at=datastore.updated_at).update(**changes)
    datastore.refresh_from_db()
    publish(topics.workspace(datastore.workspace.slug), "data")
    return found


def check_new(*, actor: User | None, workspace: Workspace, definition: Definition, writing: bool = True) -> Check:
    """Ask a place that is not registered yet. Nothing is kept. Raises Invalid for settings that can't be."""
    return _ask_checked(definitions.check(definition), {}, writing)


def check_changed(
    *,
    actor: User | None,
    datastore: Datastore,
    options: Mapping[str, Any] | None,
    credential: Mapping[str, Any] | None,
    writing: bool = True,
) -> Check:
    """Ask a place as it would be after a change. Its credential goes nowhere else than where it was entered for."""
    checked = definitions.check_change(datastore, options, credential)
    kept = {} if credential is not None else dict(opening.place_of(datastore).credential)
    return _ask_checked(checked, kept, writing, datastore)


def _ask_checked(checked: Checked, kept: dict[str, str], writing: bool, datastore: Datastore | None = None) -> Check:
    if datastore is None:
        datastore = Datastore(name="the datastore", kind=checked.kind)
    if checked.kind == Datastore.Kind.FOLDER and not checked.options.get("path"):
        return Check("", "", timezone.now(), {})  # the studio's own folder is made when it is needed
    place = Place(datastore.name, checked.options, opening.own_folder(datastore), checked.credential or kept)
    return _ask(checked.kind, place, writing=writing)


def _ask(kind_name: str, place: Place, *, writing: bool) -> Check:
    kind = kind_of(kind_name)
    learned: dict[str, Any] = {}
    try:
        learned = kind.learn(place)
        known = Place(place.name, {**place.options, **learned}, place.own_folder, place.credential)
        cast(FileStore, kind.open(known)).check(writing=writing)
    except StudioError as error:
        return Check(error.message, error.hint, timezone.now(), {})
    return Check("", "", timezone.now(), learned)
