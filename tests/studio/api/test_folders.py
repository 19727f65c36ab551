"""Folders over REST: asked for, sent, and asked for again."""

import hashlib
import io
import zipfile
from collections.abc import Callable

from tests.people import ApiClient, People


def zipped(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, b"FROM scratch\n")
    return target.getvalue()


def test_a_folder_is_sent_once_and_found_again(api: Callable[..., ApiClient], people: People) -> None:
    ben = api(people.ben)
    data = zipped("Dockerfile")
    url = f"/api/v1/workspaces/{people.workspace.slug}/folders/{hashlib.sha256(data).hexdigest()}"
    assert ben.head(url).status_code == 404
    answer = ben.put(url, data=data, content_type="application/zip")
    assert answer.status_code == 201, answer.content
    assert answer.json()["files"] == 1
    assert ben.head(url).status_code == 200
    assert b"".join(ben.get(url)) == data


def test_a_folder_is_refused_under_another_digest_and_with_a_traversal(
    api: Callable[..., ApiClient], people: People
) -> None:
    ben = api(people.ben)
    base = f"/api/v1/workspaces/{people.workspace.slug}/folders/"
    data = zipped("../x")
    for digest, code in (
        ("0" * 64, "unsafe_path"),
        (hashlib.sha256(data).hexdigest(), "unsafe_path"),
        ("abc", "invalid_digest"),
    ):
        answer = ben.put(base + digest, data=data, content_type="application/zip")
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    answer = ben.put(base + "0" * 64, data=zipped("x"), content_type="application/zip")
    assert answer.json()["code"] == "checksum_differs"
