"""Static files under hashed names, packed, the names inside our own ES modules included."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from studio.web import packing

# Only ours: the rewriting of imports stumbles over the comments and strings of minified libraries.
OUR_MODULES = "js/*.js"


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """`import "./live.js"` becomes the hashed name too, so a new release is never mixed with a cached old module."""

    # A pass settles one level of imports. Modules that import each other never settle: `tests/studio/web` looks for those.
    max_post_process_passes = 20

    patterns: ClassVar = (
        *HashedFilesMixin.patterns,
        (OUR_MODULES, HashedFilesMixin._js_module_import_aggregation_patterns[1]),  # type: ignore[attr-defined]  # no other door
    )

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        texts = {name: _read(*place) for name, place in paths.items() if _is_ours(name)}
        packs = _Texts(packing.packed(texts))
        packed_paths = paths | {name: (packs, name) for name in packs.texts}
        yield from super().post_process(packed_paths, *args, **options)


class _Texts:
    """What is packed, as the storage from which the files are taken."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def open(self, name: str) -> "ContentFile[bytes]":
        return ContentFile(self.texts[name].encode(), name)


def _is_ours(name: str) -> bool:
    return (name.startswith("js/") and name.endswith(".js")) or (
        name.startswith(("css/", "vendor/")) and name.endswith(".css")
    )


def _read(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
