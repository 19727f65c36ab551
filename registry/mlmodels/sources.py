"""What a version is made of: the files behind an address such as `runs:/k3v9x2m7qabc/model`.

The registry knows no runs: who knows a kind of address registers a resolver for its prefix when the app starts. An address
of another server or store has no files here and is kept as a text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from registry.mlmodels import names
from registry.mlmodels.models import ModelAlias, ModelVersion, ModelVersionFile
from studio.access.models import Workspace
from studio.errors import Invalid, NotFound
from studio.lineage.things import Thing

# Addresses that mean something to MLflow's clients; anything else might be read from this machine. `import:` says only
# where a version came from whose own address means nothing here.
SCHEMES = frozenset(
    [
        "runs", "models", "mlflow-artifacts", "http", "https", "s3", "s3a", "s3n", "gs", "wasb", "wasbs", "abfs", "abfss",
        "adl", "azureml", "dbfs", "hdfs", "viewfs", "ftp", "sftp", "r2", "b2", "oci", "uc", "hf",
        "import",
    ]
)  # fmt: skip
MAX_SOURCE = 2048
# What MLflow's client gives as the source of a prompt, which has no files.
PLACEHOLDERS = frozenset({"prompt-template", "dummy-source"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as a version takes it over: the blob is shared, the row is the version's own."""

    path: str  # below the version
    blob_id: int
    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Found:
    """What an address led to."""

    files: tuple[SourceFile, ...] = ()
    origin: Thing | None = None  # what the version came from, for the lineage
    run_id: str = ""
    logged_model_id: str = ""
    location: str = ""  # the address behind the address, where it names another version


Resolver = Callable[[Workspace, str], Found | None]
_resolvers: dict[str, Resolver] = {}


def register(prefix: str, resolver: Resolver) -> None:
    """Let `resolver(workspace, source)` answer for addresses that begin with `prefix`; the longest prefix wins.

    It answers None for what is not of this studio and raises NotFound for what should be and is not there.
    """
    _resolvers[prefix] = resolver


def resolve(workspace: Workspace, source: str) -> Found:
    """The files behind an address. Raises Invalid for an address that could mean a file of this machine."""
    check(source)
    for prefix in sorted(_resolvers, key=len, reverse=True):
        if source.startswith(prefix):
            return _resolvers[prefix](workspace, source) or Found(location=source)
    if source.startswith("models:/"):
        return _of_version(workspace, source)
    return Found(location=source)


def check(source: str) -> None:
    """Raise Invalid for a local path, an unknown scheme and a path that climbs."""
    if not source or len(source) > MAX_SOURCE:
        raise _invalid(source, f"Give an address of 1 to {MAX_SOURCE} characters.")
    plain = source
    for _ in range(10):
        unquoted = unquote(plain.replace("+", " "))
        if unquoted == plain:
            break
        plain = unquoted
    try:
        parts = urlsplit(source)
    except ValueError:
        raise _invalid(source, "It is no address.") from None
    scheme = parts.scheme.lower()
    if scheme == "file" and parts.netloc not in ("", "localhost"):
        raise _invalid(source, "A file of another machine is not a valid remote uri.")
    if scheme in ("", "file"):
        raise _invalid(
            source,
            "To use a local path as a model version source, the run_id request parameter has to be specified and the"
            " local path has to be contained within the artifact directory of the run specified by the run_id.",
        )
    if scheme not in SCHEMES:
        raise _invalid(source, f"Addresses of the kind {scheme[:20]!r} are not known.")
    if any(ord(letter) < 32 for letter in plain) or ".." in re.split(r"[/\\]", plain):
        raise _invalid(
            source,
            "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an"
            " absolute path must be provided without relative path references present. Please provide an absolute path.",
        )


def files_below(rows: "list[tuple[str, int, int, str]]", folder: str) -> tuple[SourceFile, ...]:
    """Rows of (path, blob id, size, type) as a version takes over what lies in `folder`, or the one file of that name."""
    prefix = f"{folder}/" if folder else ""
    found = []
    for path, blob_id, size, content_type in rows:
        if path == folder:
            found.append(SourceFile(path.rsplit("/", 1)[-1], blob_id, size, content_type))
        elif path.startswith(prefix):
            found.append(SourceFile(path[len(prefix) :], blob_id, size, content_type))
    return tuple(found)


def _of_version(workspace: Workspace, source: str) -> Found:
    """`models:/<name>/<number>` and `models:/<name>@<alias>`: another version, whose files are taken over."""
    version = version_at(workspace, source)
    rows = ModelVersionFile.objects.filter(version=version)
    return Found(
        files=tuple(SourceFile(row.path, row.blob_id, row.size, row.content_type) for row in rows),
        origin=Thing("model_version", str(version.pk)),
        run_id=version.run_id,
        logged_model_id=version.logged_model_id,
        location=version.location or version.source,
    )


def version_at(workspace: Workspace, uri: str) -> ModelVersion:
    """The version a `models:/` address names by number, alias or `latest`. Raises NotFound, Invalid."""
    path = uri.removeprefix("models:").strip("/")
    name, slash, number = path.rpartition("/")
    if slash:
        rows = ModelVersion.objects.filter(model__workspace=workspace, model__name=name)
        found = rows.order_by("-number").first() if number == names.LATEST else None
        found = found or (rows.filter(number=names.number(number)).first() if number.isdigit() else None)
    else:
        name, _, alias = path.rpartition("@")
        aliases = ModelAlias.objects.filter(model__workspace=workspace, model__name=name, name=alias)
        pointed = aliases.select_related("version").first()
        found = pointed.version if pointed else None
    if found is None:
        raise NotFound("not_found", f"There is no model version {uri[:200]}.")
    return found


def _invalid(source: str, why: str) -> Invalid:
    message = f"Invalid model version source: '{source[:200]}'. {why}"
    return Invalid("bad_model_source", message, fields={"source": message})
