"""What every store must do, whatever lies beneath: subclass `StoreContract` and give its `STORAGES` entry."""

import io
from pathlib import Path
from typing import Any

import pytest

from studio.errors import Unavailable
from studio.storage import stores


class StoreContract:
    def configuration(self, folder: Path) -> dict[str, Any]:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def configured(self, settings: Any, tmp_path: Path) -> None:
        settings.DATA_DIR = tmp_path
        settings.STORAGES = {**settings.STORAGES, "default": self.configuration(tmp_path)}

    def keep(self, key: str, data: bytes) -> None:
        with stores.incoming_file() as stream:
            stream.write(data)
            stores.keep(stream, key)

    def test_what_is_kept_is_read_back(self) -> None:
        self.keep("ws/1/aa/object", b"hello")
        with stores.open_object("ws/1/aa/object") as stream:
            assert stream.read() == b"hello"

    def test_a_place_in_the_middle_can_be_read(self) -> None:
        self.keep("ws/1/aa/object", b"0123456789")
        with stores.open_object("ws/1/aa/object") as stream:
            stream.seek(4)
            assert stream.read(3) == b"456"

    def test_the_temporary_file_is_gone_afterwards(self) -> None:
        self.keep("ws/1/aa/object", b"hello")
        with stores.incoming_file() as stream:
            stream.write(b"never finished")
        assert not [path for path in stores.incoming_folder().iterdir() if path.is_file()]

    def test_what_is_deleted_is_said_to_be_missing(self) -> None:
        self.keep("ws/1/aa/object", b"hello")
        stores.delete_object("ws/1/aa/object")
        with pytest.raises(Unavailable):
            stores.open_object("ws/1/aa/object")

    def test_deleting_twice_is_no_error(self) -> None:
        self.keep("ws/1/aa/object", b"hello")
        stores.delete_object("ws/1/aa/object")
        stores.delete_object("ws/1/aa/object")


class TestFolder(StoreContract):
    def configuration(self, folder: Path) -> dict[str, Any]:
        options = {"location": folder / "storage", "base_url": None}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}

    def test_A38_a_link_in_the_store_leads_nowhere(self, tmp_path: Path) -> None:
        from django.core.exceptions import SuspiciousFileOperation

        with pytest.raises((SuspiciousFileOperation, Unavailable)):
            stores.open_object("../outside")


class TestMemory(StoreContract):
    """Stands for a store that is no folder: an object store goes through the same calls."""

    def configuration(self, folder: Path) -> dict[str, Any]:
        return {"BACKEND": "django.core.files.storage.InMemoryStorage"}


def test_an_incoming_file_can_be_read_back_before_it_is_kept() -> None:
    with stores.incoming_file() as stream:
        stream.write(b"abc")
        stream.seek(0)
        assert io.BytesIO(stream.read()).getvalue() == b"abc"
