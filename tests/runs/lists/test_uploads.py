"""Code handed over in the browser."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from runs.tracking.services import uploads
from studio.errors import Invalid

pytestmark = pytest.mark.django_db


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_one_script_becomes_a_snapshot_of_one_file(ada, workspace):
    snapshot = uploads.store_code(actor=ada, workspace=workspace, upload=SimpleUploadedFile("train.py", b"print(1)\n"))
    assert [entry["path"] for entry in snapshot.manifest] == ["train.py"]


def test_a_desktops_zip_loses_its_folder_entries_and_extras(ada, workspace):
    content = zip_of(
        {"src/": b"", "src/train.py": b"print(1)", "__MACOSX/src/._train.py": b"x", "src/__pycache__/t.pyc": b"y"}
    )
    snapshot = uploads.store_code(actor=ada, workspace=workspace, upload=SimpleUploadedFile("src.zip", content))
    assert [entry["path"] for entry in snapshot.manifest] == ["src/train.py"]


def test_the_same_tree_is_stored_once(ada, workspace):
    first = uploads.store_code(
        actor=ada, workspace=workspace, upload=SimpleUploadedFile("a.zip", zip_of({"a.py": b"1", "b.py": b"2"}))
    )
    second = uploads.store_code(
        actor=ada, workspace=workspace, upload=SimpleUploadedFile("b.zip", zip_of({"b.py": b"2", "a.py": b"1"}))
    )
    assert first.pk == second.pk


@pytest.mark.parametrize("name", ["../x.py", "/etc/x.py", "a\\..\\x.py"])
def test_A39_a_member_that_leaves_the_folder_is_refused(ada, workspace, name):
    with pytest.raises(Invalid):
        uploads.store_code(actor=ada, workspace=workspace, upload=SimpleUploadedFile("x.zip", zip_of({name: b"1"})))


def test_what_is_no_zip_is_refused_with_a_sentence(ada, workspace):
    with pytest.raises(Invalid, match="not a zip"):
        uploads.store_code(actor=ada, workspace=workspace, upload=SimpleUploadedFile("x.zip", b"PK nonsense"))
