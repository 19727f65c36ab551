"""The part of the guard's table about images."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

IMAGES: dict[str, Entry] = {
    "image-list": {"GET": READER},
    "image-build": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "image-detail": {"GET": READER},
    "image-edit": {"POST": CONTRIBUTOR},
    "image-delete": {"POST": CONTRIBUTOR},
    "image-tag": {"POST": CONTRIBUTOR},
    "image-version": {"GET": READER},
    "image-version-head": {"GET": READER},
    "image-version-log": {"GET": READER},
    "image-version-layers": {"GET": READER},
    "image-version-packages": {"GET": READER},
    "image-version-uses": {"GET": READER},
    "image-version-retry": {"POST": CONTRIBUTOR},
    "image-version-cancel": {"POST": CONTRIBUTOR},
    "image-version-edit": {"POST": CONTRIBUTOR},
    "image-version-delete": {"POST": CONTRIBUTOR},
    "api-images": {"GET": READER, "POST": CONTRIBUTOR},
    "api-image": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-image-versions": {"GET": READER},
    "api-image-version": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-image-tag": {"PUT": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-image-retry": {"POST": CONTRIBUTOR},
    "api-image-cancel": {"POST": CONTRIBUTOR},
    "api-image-log": {"GET": READER},
    "api-image-log-search": {"GET": READER},
    "api-image-log-raw": {"GET": READER},
    "api-image-sbom": {"GET": READER},
    "api-search-images-parse": {"POST": READER},
    "api-search-images-fields": {"GET": READER},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-search-images-parse", "POST"): {"text": "name = 'digits'"},
}
READING: set[tuple[str, str]] = {("api-search-images-parse", "POST")}
MEANS: dict[str, dict[str, str]] = {
    name: {"name": "image_name", "number": "image_number", "ref": "image_number", "word": "image_word"}
    for name in IMAGES
}
