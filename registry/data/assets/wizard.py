"""What the wizard starts from: the datastores, the names that are taken, and what the address says already."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from registry.data.assets import queries
from registry.data.assets.models import DataType
from registry.data.assets.pages import ICONS
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace

MOST_NAMES = 500
ABOUT = {
    DataType.FILE: "One file, whatever it holds.",
    DataType.FOLDER: "A folder with all that is below it.",
    DataType.TABLE: "Rows and columns: the files, and how they are read.",
}
ENCODINGS = ("utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16", "ascii", "shift_jis", "gb18030")
DELIMITERS = ((",", "Comma"), (";", "Semicolon"), ("\\t", "Tab"), ("|", "Bar"), (" ", "Blank"))
FORMATS = (
    ("delimited", "Delimited text"),
    ("parquet", "Parquet"),
    ("json_lines", "JSON lines"),
    ("arrow", "Arrow, Feather"),
)
TYPES = ("string", "int", "float", "boolean", "date", "datetime", "time")


@dataclass(frozen=True, slots=True)
class Type:
    value: str
    label: str
    icon: str
    about: str


@dataclass(frozen=True, slots=True)
class Wizard:
    name: str
    is_next: bool  # of an asset that is there: its name and type are given
    type: str
    types: list[Type]
    places: list[Datastore]  # that hold files
    databases: list[Datastore]
    encodings: tuple[str, ...]
    delimiters: tuple[tuple[str, str], ...]
    formats: tuple[tuple[str, str], ...]
    config: dict[str, Any]  # for the page's script


def wizard(request: HttpRequest, workspace: Workspace) -> Wizard:
    default = datastores.ensure_default(workspace)
    rows = list(Datastore.objects.filter(workspace=workspace).order_by("-is_default", "name"))
    asset = queries.asset_named(workspace, request.GET.get("name", "")[:255].replace("\0", ""))
    names = list(queries.assets_in(workspace).values_list("name", flat=True)[:MOST_NAMES])
    start = {key: request.GET.get(key, "") for key in ("datastore", "path")}
    return Wizard(
        name=asset.name if asset else "",
        is_next=asset is not None,
        type=asset.type if asset else DataType.FILE,
        types=[Type(kind.value, kind.label, ICONS[kind], ABOUT[kind]) for kind in DataType],
        places=[row for row in rows if not row.is_sql],
        databases=[row for row in rows if row.is_sql],
        encodings=ENCODINGS,
        delimiters=DELIMITERS,
        formats=FORMATS,
        config={
            "api": reverse("api-data", args=(workspace.slug,)).removesuffix("data"),
            "default": default.name,
            "names": names,
            "types": list(TYPES),
            "start": start if start["path"] and len(json.dumps(start)) < 4_000 else None,
        },
    )
