"""Versions of data: registered, read, described, deleted."""

import hashlib
import io
import time
from typing import Any

import pytest

from registry.data.assets import files, janitor, manifest, queries, services, state, uses
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataAsset, DataVersion, ManagedFolder
from registry.data.dataflows.models import Dataflow
from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.data.transfers import holds
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Gone, Invalid, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from tests.factories.data import make_data, put_file

CSV = b"make,price\nvolvo,100\nsaab,200\n"


def register(workspace: Workspace, actor: User | None = None, **values: Any) -> DataVersion:
    new = services.NewVersion(**{"name": "cars", "type": "uri_file", **values})
    return services.register(actor=actor, workspace=workspace, new=new)


def test_a_version_is_pending_until_its_files_were_read(workspace: Workspace, ben: User) -> None:
    where = put_file(workspace, "in/cars.csv", CSV)
    version = register(workspace, ben, path=where)
    assert (version.state, version.number, version.version) == ("pending", 1, "1")
    with pytest.raises(Conflict, match="still being read"):
        files.listing(version)
    settled = services.settle(version_id=version.pk)
    assert settled.state == "ready"
    assert (settled.size, settled.file_count) == (len(CSV), 1)
    assert [(file.path, file.sha256) for file in files.listing(settled)] == [
        ("cars.csv", hashlib.sha256(CSV).hexdigest())
    ]
    assert b"".join(files.read(settled, "cars.csv")) == CSV
    assert b"".join(files.read(settled, "cars.csv", 5, 10)) == CSV[5:10]


def test_the_files_of_a_folder_are_named_below_it(workspace: Workspace) -> None:
    version = make_data(workspace, "pets", {"cats/1.png": b"1", "cats/2.png": b"22", "readme.txt": b"hello"})
    assert [file.path for file in files.listing(version)] == ["cats/1.png", "cats/2.png", "readme.txt"]
    assert [(item.name, item.is_dir, item.size) for item in files.entries(files.listing(version))] == [
        ("cats", True, 3),
        ("readme.txt", False, 5),
    ]
    assert b"".join(files.read(version, "cats/2.png")) == b"22"


def test_the_same_content_has_the_same_hash_wherever_it_lies(workspace: Workspace) -> None:
    first, second = make_data(workspace, "a"), make_data(workspace, "b")
    other = make_data(workspace, "c", {"cars.csv": b"x"})
    assert first.content_hash == second.content_hash != other.content_hash


def test_versions_are_counted_or_named_by_their_maker(workspace: Workspace) -> None:
    assert [make_data(workspace).version for _ in range(2)] == ["1", "2"]
    named = make_data(workspace, version="2026-11")
    assert (named.number, named.version) == (3, "2026-11")
    make_data(workspace, version="5")
    assert make_data(workspace).version == "6"
    with pytest.raises(Conflict, match="versions never change") as caught:
        make_data(workspace, version="2026-11")
    assert caught.value.code == "data_version_exists"


def test_references_lead_to_versions(workspace: Workspace) -> None:
    first, second = make_data(workspace), make_data(workspace)
    assert queries.resolve(workspace, "azureml:cars@latest") == second
    assert queries.resolve(workspace, "azureml:cars:1") == first
    assert queries.resolve(workspace, "cars") == second
    services.archive_version(actor=None, version=second)
    assert queries.resolve(workspace, "azureml:cars@latest") == first
    with pytest.raises(NotFound, match="no version '9'"):
        queries.resolve(workspace, "azureml:cars:9")
    with pytest.raises(NotFound, match="no data asset 'boats'"):
        queries.resolve(workspace, "azureml:boats@latest")


def test_latest_passes_over_what_failed(workspace: Workspace) -> None:
    good = make_data(workspace)
    bad = register(workspace, path="azureml://datastores/default/paths/not/there.csv")
    assert queries.resolve(workspace, "cars@latest") == bad  # it may come to something yet
    bad = services.settle(version_id=bad.pk)
    assert bad.state == "failed" and "There is nothing at 'not/there.csv'" in bad.problem
    assert queries.resolve(workspace, "cars@latest") == good
    with pytest.raises(Conflict, match="can't be used"):
        queries.require_ready(bad)


def test_a_failed_version_can_be_tried_again(workspace: Workspace, ben: User) -> None:
    version = register(workspace, path="azureml://datastores/default/paths/late/cars.csv")
    assert services.settle(version_id=version.pk).state == "failed"
    put_file(workspace, "late/cars.csv", CSV)
    version.refresh_from_db()
    services.settle_again(actor=ben, version=version)
    assert services.settle(version_id=version.pk).state == "ready"
    with pytest.raises(Conflict):
        services.settle_again(actor=ben, version=version)


def test_all_versions_of_a_name_are_of_one_type(workspace: Workspace) -> None:
    make_data(workspace)
    with pytest.raises(Conflict, match="all its versions are"):
        make_data(workspace, files={"a.csv": b"1", "b.csv": b"2"})
    assert DataVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "../x"}, "bad_data_name"),
        ({"name": "a/b"}, "bad_data_name"),
        ({"name": "ä"}, "bad_data_name"),
        ({"name": "x" * 256}, "bad_data_name"),
        ({"version": "latest"}, "bad_data_version"),
        ({"version": "a/b"}, "bad_data_version"),
        ({"type": "csv"}, "bad_data_type"),
        ({"path": ""}, "bad_data_source"),
        ({"folder": "data/cars/0"}, "bad_data_source"),
        ({"path": "../x"}, "bad_data_uri"),
        ({"path": "azureml://datastores/default/paths/../../x"}, "unsafe_path"),
        ({"path": "azureml://datastores/nowhere/paths/x"}, "not_found"),
        ({"path": "wasbs://box@account.blob.core.windows.net/x"}, "bad_data_source"),
        ({"tags": {"": "x"}}, "bad_data_value"),
        ({"tags": {"k": "x" * 6000}}, "bad_data_value"),
        ({"description": "x" * 100_001}, "bad_data_value"),
        ({"path": "", "query": services.Query("default", "SELECT 1")}, "bad_data_source"),
    ],
)
def test_what_can_t_be_a_version_is_refused_and_leaves_nothing(
    workspace: Workspace, values: dict[str, Any], code: str
) -> None:
    datastores.ensure_default(workspace)
    base = {"path": "azureml://datastores/default/paths/x"}
    with pytest.raises((Invalid, NotFound)) as caught:
        register(workspace, **{**base, **values})
    assert caught.value.code == code
    assert caught.value.message.rstrip().endswith((".", "}"))
    assert not DataAsset.objects.exists()


def test_a_file_that_was_changed_is_not_given_out(workspace: Workspace) -> None:
    version = make_data(workspace)
    store = opening.file_store(version.datastore)
    store.write(version.path, io.BytesIO(CSV.replace(b"100", b"999")), overwrite=True)
    with pytest.raises(Conflict, match="was changed after cars:1 was registered") as caught:
        files.read(version, "cars.csv")
    assert caught.value.code == "data_changed"
    store.write(version.path, io.BytesIO(CSV), overwrite=True)
    assert b"".join(files.read(version, "cars.csv")) == CSV  # the same bytes again are the same file
    store.delete(version.path)
    with pytest.raises(Gone, match="not where it was registered"):
        files.read(version, "cars.csv")


def test_a_folder_registered_as_a_file_fails_with_a_sentence(workspace: Workspace) -> None:
    put_file(workspace, "two/a.csv", b"1")
    put_file(workspace, "two/b.csv", b"2")
    version = register(workspace, path="azureml://datastores/default/paths/two/")
    settled = services.settle(version_id=version.pk)
    assert settled.state == "failed" and "is a folder with 2 files" in settled.problem


def test_a_job_s_files_are_ready_at_once(workspace: Workspace) -> None:
    where = put_file(workspace, "runs/k/out/a.bin", b"abc")
    known = [DataFile("a.bin", 3, hashlib.sha256(b"abc").hexdigest())]
    version = register(workspace, type="uri_folder", path=where.rsplit("/", 1)[0], files=known, run_id="k3v9x2m7qabc")
    assert version.state == "ready" and version.run_id == "k3v9x2m7qabc"
    assert b"".join(files.read(version, "a.bin")) == b"abc"


def test_another_version_can_be_registered_under_a_new_name(workspace: Workspace) -> None:
    version = make_data(workspace)
    again = services.settle(version_id=register(workspace, name="copy", path="azureml:cars:1").pk)
    assert (again.path, again.content_hash) == (version.path, version.content_hash)


def test_a_table_keeps_its_columns_under_another_name(workspace: Workspace) -> None:
    put_file(workspace, "beside/other.csv", b"x\n1\n")
    where = put_file(workspace, "beside/cars.csv", CSV)
    first = register(workspace, type="mltable", path=where, reading={"format": "delimited"})
    services.settle(version_id=first.pk)
    again = services.settle(version_id=register(workspace, name="copy", type="mltable", path="azureml:cars:1").pk)
    assert [file.path for file in files.listing(again)] == ["cars.csv"]


def test_a_version_that_is_used_at_this_very_moment_stays(workspace: Workspace, ben: User) -> None:
    version = make_data(workspace)
    Dataflow.objects.create(workspace=workspace, name="clean").versions.create(number=1, recipe={}, source=version)
    with pytest.raises(Conflict, match="not deleted|in use|stands on"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(uses, "_asked", [])
        services.delete_version(actor=ben, version=version)
    assert DataVersion.objects.filter(pk=version.pk).exists()


def test_a_manifest_of_many_files_is_read_once(workspace: Workspace) -> None:
    known = [DataFile(f"{n % 97}/{n}.bin", n, f"{n:064x}") for n in range(20_000)]
    version = register(workspace, type="uri_folder", path="azureml://datastores/default/paths/many", files=known)
    began = time.monotonic()
    for n in range(0, 20_000, 20):
        assert files.file_at(version, f"{n % 97}/{n}.bin").size == n
    assert time.monotonic() - began < 5


def test_words_and_tags_are_all_that_changes(workspace: Workspace, ben: User) -> None:
    version = make_data(workspace, tags={"team": "vision", "rows": 2, "raw": True}, description="first")
    assert version.tags == {"team": "vision", "rows": "2", "raw": "true"}
    services.edit_version(actor=ben, version=version, description="second", tags={"team": None, "new": "1"})
    version.refresh_from_db()
    assert (version.description, version.tags) == ("second", {"rows": "2", "raw": "true", "new": "1"})
    services.edit_asset(actor=ben, asset=version.asset, tags={"a": "b"})
    services.archive(actor=ben, asset=version.asset)
    assert not queries.assets_in(workspace).exists()
    assert queries.assets_in(workspace, is_archived=True).get().tags["a"] == "b"


def test_a_version_in_use_is_not_deleted(workspace: Workspace, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_data(workspace)
    monkeypatch.setattr(uses, "_asked", [lambda versions: [f"The run brisk-otter read {versions[0]}."]])
    with pytest.raises(Conflict, match="The run brisk-otter read cars:1."):
        services.delete_version(actor=ben, version=version)
    with pytest.raises(Conflict, match="brisk-otter"):
        services.delete_asset(actor=ben, asset=version.asset)
    assert DataVersion.objects.filter(pk=version.pk).exists()


def test_a_deleted_version_s_number_is_not_given_again(workspace: Workspace, ben: User) -> None:
    version = make_data(workspace)
    lineage.link(
        workspace=workspace, source=Thing("run", "r"), target=Thing("data_version", str(version.pk)), verb="made"
    )
    services.delete_version(actor=ben, version=version)
    assert make_data(workspace).version == "2"
    assert opening.file_store(version.datastore).stat(version.path) is not None  # not ours: it stays
    services.delete_asset(actor=ben, asset=DataAsset.objects.get())
    assert not DataVersion.objects.exists()


class TestManagedFiles:
    def upload(self, workspace: Workspace, *names: str) -> ManagedFolder:
        folder = services.prepare_folder(actor=None, workspace=workspace, name="cars")
        for name in names:
            put_file(workspace, f"{folder.path}/{name}", CSV)
        return folder

    def test_an_upload_becomes_a_version_and_goes_with_it(self, workspace: Workspace, ben: User) -> None:
        folder = self.upload(workspace, "cars.csv")
        version = services.settle(version_id=register(workspace, folder=folder.path).pk)
        assert version.state == "ready" and version.is_managed and version.path == f"{folder.path}/cars.csv"
        store = opening.file_store(version.datastore)
        services.delete_version(actor=ben, version=version)
        janitor.remove_released()
        assert store.stat(version.path) is None and store.stat(folder.path) is None
        assert not ManagedFolder.objects.exists()

    def test_an_upload_is_claimed_once(self, workspace: Workspace) -> None:
        folder = self.upload(workspace, "cars.csv")
        register(workspace, folder=folder.path)
        with pytest.raises(Invalid, match="another version holds it already"):
            register(workspace, folder=folder.path)

    def test_files_of_another_version_can_t_be_claimed(self, workspace: Workspace, stan: User) -> None:
        mine = make_data(workspace)
        with pytest.raises(Invalid, match="Nothing was prepared"):
            register(workspace, folder=mine.path)

    def test_an_upload_nobody_registers_goes_after_a_while(self, workspace: Workspace) -> None:
        folder = self.upload(workspace, "cars.csv", "deep/er.csv")
        janitor.remove_released()
        assert ManagedFolder.objects.exists()
        ManagedFolder.objects.update(created_at=folder.created_at - janitor.UNCLAIMED)
        janitor.remove_released()
        assert opening.file_store(folder.datastore).stat(folder.path) is None

    def test_files_that_another_version_names_stay_for_it(self, workspace: Workspace, ben: User) -> None:
        folder = self.upload(workspace, "cars.csv")
        first = services.settle(version_id=register(workspace, folder=folder.path).pk)
        second = services.settle(version_id=register(workspace, name="copy", path="azureml:cars:1").pk)
        services.delete_version(actor=ben, version=first)
        janitor.remove_released()
        assert b"".join(files.read(second, "cars.csv")) == CSV
        services.delete_version(actor=ben, version=DataVersion.objects.get(pk=second.pk))
        janitor.remove_released()
        assert opening.file_store(folder.datastore).stat(f"{folder.path}/cars.csv") is None

    def test_two_files_uploaded_as_one_fail_with_a_sentence(self, workspace: Workspace) -> None:
        folder = self.upload(workspace, "a.csv", "b.csv")
        version = services.settle(version_id=register(workspace, folder=folder.path).pk)
        assert version.state == "failed" and "one file" in version.problem


def test_the_store_is_told_which_files_versions_hold(workspace: Workspace) -> None:
    version = make_data(workspace, "pets", {"cats/1.png": b"1", "2.png": b"2"})
    assert holds.of(version.datastore, f"{version.path}/cats/1.png") == ["It is a file of the data version pets:1."]
    assert holds.of(version.datastore, f"{version.path}/new.png") == []


def test_a_step_that_is_claimed_is_not_made_twice(workspace: Workspace) -> None:
    version = register(workspace, path=put_file(workspace, "in/cars.csv", CSV))
    assert state.claim(version.pk) is not None
    assert state.claim(version.pk) is None
    assert version.pk not in state.pending_ids()
    state.release(version)
    assert version.pk in state.pending_ids()


def test_reading_that_is_always_cut_off_ends_as_failed(workspace: Workspace) -> None:
    version = register(workspace, path=put_file(workspace, "in/cars.csv", CSV))
    DataVersion.objects.update(attempts=99)
    assert services.settle(version_id=version.pk).state == "failed"


def test_reading_goes_on_where_a_step_ended(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.data.assets import engine

    monkeypatch.setattr(engine, "STEP_SECONDS", -1.0)  # every step is over before its first file
    for name in "abc":
        put_file(workspace, f"steps/{name}.csv", CSV)
    version = register(workspace, type="uri_folder", path="azureml://datastores/workspaceblobstore/paths/steps")
    assert engine.step(version.pk) is True
    assert len(manifest.read(DataVersion.objects.get().manifest)) == 1
    monkeypatch.setattr(engine, "STEP_SECONDS", 45.0)
    assert services.settle(version_id=version.pk).file_count == 3
