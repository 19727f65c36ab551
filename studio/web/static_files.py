"""Static files under hashed names, the names inside our own ES modules included."""

from typing import ClassVar

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

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
