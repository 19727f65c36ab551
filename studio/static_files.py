"""Static files under names that hold their content's hash, so that a browser may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites what one ES module imports from another: without it those would be fetched by their plain names."""

    support_js_module_import_aggregation = True
