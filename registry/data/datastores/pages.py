"""What the pages of datastores show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from registry.data.datastores import queries
from registry.data.datastores.definition import CREDENTIAL, settings_of
from registry.data.datastores.kinds.declared import CHOICE, FLAG, Kind, Setting
from registry.data.datastores.kinds.registry import KINDS
from registry.data.datastores.models import Datastore
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.web.context import address

ICONS = {
    "local_folder": "folder",
    "s3": "box",
    "azure_blob": "cloud",
    "gcs": "cloud",
    "sftp": "server",
    "sql": "database",
}


@dataclass(frozen=True, slots=True)
class Can:
    """What the person may do."""

    manage: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One datastore of the list."""

    datastore: Datastore
    icon: str
    kind: str  # in words
    where: str
    versions: int
    browse_url: str  # empty for a database


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind that can be registered."""

    url: str
    icon: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One datastore with what is known of it."""

    card: Card
    facts: tuple[tuple[str, str], ...]
    credential: str  # in words, without anything secret
    address: str  # how job files name what lies in it
    can: Can


# What each choice is good for, in a few words.
_TEXTS = {
    "local_folder": "A folder of the machine the studio runs on",
    "s3": "Amazon S3, MinIO, Ceph and others",
    "azure_blob": "A container, also of Data Lake Gen2",
    "gcs": "A bucket of Google Cloud",
    "sftp": "A folder on another machine",
    "postgresql": "Tables and queries",
    "mysql": "Tables and queries, MariaDB too",
    "sqlite": "A database in one file",
}


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(manage=access.allows(request, Permission.DATASTORE_MANAGE, workspace))


def cards(workspace: Workspace) -> tuple[Card, ...]:
    """Every datastore, the default one first."""
    rows = sorted(
        queries.with_counts(queries.listing(workspace)), key=lambda row: (not row.is_default, row.name.lower())
    )
    for row in rows:
        row.workspace = workspace
    return tuple(card(row) for row in rows)


def card(datastore: Datastore) -> Card:
    browse = "" if datastore.is_sql else _way("datastore-browse", datastore)
    versions = getattr(datastore, "version_count", 0)
    return Card(
        datastore,
        ICONS.get(datastore.kind, "hard-drive"),
        kind_words(datastore),
        queries.where(datastore),
        versions,
        browse,
    )


def kind_words(datastore: Datastore) -> str:
    """The kind, or the database's own name."""
    plugin = KINDS.find(datastore.kind)
    return words_of(plugin.implementation(), datastore.options) if plugin.is_available else datastore.kind


def words_of(kind: Kind, options: Mapping[str, Any]) -> str:
    head = kind.settings[0]
    return dict(head.choices).get(str(options.get(head.name)), kind.label)


def choices(workspace: Workspace) -> tuple[Choice, ...]:
    """What can be registered: the kinds, and each database by itself."""
    found = []
    for name in (
        "local_folder",
        *[plugin.name for plugin in KINDS.all() if plugin.name not in ("local_folder", "sql")],
        "sql",
    ):
        plugin = KINDS.find(name)
        if not plugin.is_available:
            continue
        kind, head = plugin.implementation(), plugin.implementation().settings[0]
        firsts = head.choices if head.type == CHOICE else (("", kind.label),)
        for value, label in firsts:
            query = f"?kind={name}" + (f"&first={value}" if value else "")
            url = address("datastore-new", workspace=workspace.slug) + query
            found.append(Choice(url, ICONS.get(name, "hard-drive"), label, _TEXTS.get(value or name, "")))
    return tuple(found)


def detail(request: HttpRequest, datastore: Datastore) -> Detail:
    return Detail(
        card=card(datastore),
        facts=_facts(datastore),
        credential=_credential(datastore),
        address="" if datastore.is_sql else f"azureml://datastores/{datastore.name}/paths/",
        can=can(request, datastore.workspace),
    )


def _facts(datastore: Datastore) -> tuple[tuple[str, str], ...]:
    plugin = KINDS.find(datastore.kind)
    if not plugin.is_available:
        return ()
    kind = plugin.implementation()
    known = [(each, datastore.options.get(each.name)) for each in settings_of(kind, datastore.options)]
    return tuple((each.label, _words(each, value)) for each, value in known if value not in (None, ""))


def _words(setting: Setting, value: Any) -> str:
    if setting.type == FLAG:
        return "yes" if value else "no"
    if setting.type == CHOICE:
        return str(dict(setting.choices).get(value, value))
    return f"{value:,}" if isinstance(value, int) and setting.name != "port" else str(value)


def _credential(datastore: Datastore) -> str:
    plugin, way = KINDS.find(datastore.kind), datastore.options.get(CREDENTIAL, "")
    known = plugin.implementation().credentials if plugin.is_available else ()
    return next((each.label for each in known if each.name == way), "None is needed")


def _way(name: str, datastore: Datastore) -> str:
    return address(name, workspace=datastore.workspace.slug, name=datastore.name)
