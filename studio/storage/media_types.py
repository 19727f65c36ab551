"""The media type of a stored file."""

import mimetypes

MAX_TYPE = 120
OCTETS = "application/octet-stream"
# Types the platform's table may not know; the rest comes from the file's name.
TYPES = {
    ".md": "text/markdown",
    ".log": "text/plain",
    ".yml": "application/yaml",
    ".yaml": "application/yaml",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".ipynb": "application/x-ipynb+json",
    ".joblib": OCTETS,
    ".pkl": OCTETS,
}
PLAIN_NAMES = frozenset({"mlmodel", "mlproject"})  # files of MLflow without an ending, which are YAML


def type_of(path: str, given: str = "") -> str:
    """The type to record: what the client says, else what the name tells."""
    given = given.split(";")[0].strip().lower()
    plain = given.isascii() and given.isprintable() and given.count("/") == 1 and len(given) <= MAX_TYPE
    if plain and given not in (OCTETS, "application/x-www-form-urlencoded"):
        return given
    name = path.rsplit("/", 1)[-1].lower()
    ending = "." + name.rsplit(".", 1)[-1] if "." in name else ""
    if name in PLAIN_NAMES:
        return "text/plain"
    return TYPES.get(ending) or mimetypes.guess_type(path, strict=False)[0] or OCTETS
