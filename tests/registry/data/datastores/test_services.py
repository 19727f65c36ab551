"""Datastores registered, changed, tested and removed, and where their credentials go."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from registry.data.assets.models import DataAsset, DataVersion
from registry.data.datastores import checking, opening, queries, services, tasks
from registry.data.datastores.definition import Definition
from registry.data.datastores.kinds.base import INCOMING
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import labels
from studio.lineage.things import Thing
from studio.secrets.models import Secret, SecretUse
from tests.contracts.file_store import put
from tests.factories import make_workspace

KEY = {"type": "access_key", "access_key_id": "AKIA", "secret_access_key": "canary-hush"}
S3 = Definition("s3", {"bucket": "cars", "endpoint": "http://127.0.0.1:9000"}, KEY)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def allowed(settings: Any, tmp_path: Path) -> None:
    settings.DATA_HOSTS = {"127.0.0.1"}
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def lake(ben: User, workspace: Workspace) -> Datastore:
    return services.register_datastore(actor=ben, workspace=workspace, name="lake", definition=S3)


class TestTheDefault:
    def test_every_workspace_has_one_when_first_asked(self, workspace: Workspace) -> None:
        made = services.ensure_default(workspace)
        assert (made.name, made.kind, made.is_default) == ("default", "local_folder", True)
        assert services.ensure_default(workspace) == made
        put(opening.file_store(made), "a/b.txt", b"here")
        assert (opening.own_folder(made) / "a" / "b.txt").read_bytes() == b"here"

    def test_azures_name_for_it_is_understood(self, workspace: Workspace) -> None:
        assert queries.named(workspace, "workspaceblobstore").is_default
        assert queries.named(workspace, "DEFAULT").is_default

    def test_two_workspaces_keep_their_files_apart(self, workspace: Workspace) -> None:
        other = services.ensure_default(make_workspace("other"))
        put(opening.file_store(other), "a.txt")
        assert list(opening.file_store(services.ensure_default(workspace)).walk()) == []

    def test_it_is_never_removed(self, ben: User, workspace: Workspace) -> None:
        with pytest.raises(Conflict) as raised:
            services.remove_datastore(actor=ben, datastore=services.ensure_default(workspace))
        assert raised.value.code == "datastore_is_default"

    def test_another_one_takes_its_place(self, ben: User, workspace: Workspace, lake: Datastore) -> None:
        services.make_default(actor=ben, datastore=lake)
        assert services.ensure_default(workspace) == lake
        assert Datastore.objects.filter(workspace=workspace, is_default=True).count() == 1

    def test_a_place_that_is_only_read_does_not(self, ben: User, lake: Datastore) -> None:
        services.edit_datastore(actor=ben, datastore=lake, is_read_only=True)
        with pytest.raises(Invalid):
            services.make_default(actor=ben, datastore=lake)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_the_same_default() -> None:
    workspace, found = make_workspace("busy"), []
    begin = threading.Barrier(4)

    def ask() -> None:
        begin.wait()
        found.append(services.ensure_default(workspace).pk)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1


class TestRegistering:
    def test_it_is_written_down_and_told(self, ben: User, lake: Datastore) -> None:
        assert (lake.kind, lake.options["bucket"], lake.created_by) == ("s3", "cars", ben)
        assert Event.objects.filter(verb="datastore.registered", subject=lake.subject, actor=ben).exists()

    def test_the_credential_lies_in_the_vault_alone(self, lake: Datastore) -> None:
        assert opening.place_of(lake).credential == {name: text for name, text in KEY.items() if name != "type"}
        assert lake.secret is not None and lake.secret.held_by == lake.subject
        assert SecretUse.objects.filter(secret=lake.secret, user_kind="datastore", user_id=str(lake.pk)).exists()
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                assert not any("canary-hush" in str(row) for row in cursor.fetchall()), table

    def test_uses_of_its_credential_name_it(self, workspace: Workspace, lake: Datastore) -> None:
        thing = Thing("datastore", str(lake.pk))
        assert labels.labels(workspace, [thing])[thing].text == "lake"

    def test_a_name_is_given_once(self, ben: User, workspace: Workspace, lake: Datastore) -> None:
        for name in ("lake", "LAKE", "default"):
            with pytest.raises(Conflict):
                services.register_datastore(actor=ben, workspace=workspace, name=name, definition=S3)
        assert Secret.objects.filter(workspace=workspace).count() == 1

    @pytest.mark.parametrize("name", ["", "a/b", "..", "-x", "x" * 101, "ümläut", "a b", "a\n"])
    def test_names_that_cannot_be_are_refused(self, ben: User, workspace: Workspace, name: str) -> None:
        with pytest.raises(Invalid):
            services.register_datastore(actor=ben, workspace=workspace, name=name, definition=S3)

    @pytest.mark.parametrize(
        ("definition", "field"),
        [
            (Definition("ftp"), "kind"),
            (Definition("s3", {}, KEY), "bucket"),
            (Definition("s3", {"bucket": "cars", "colour": "red"}, KEY), "colour"),
            (Definition("s3", {"bucket": 5}, KEY), "bucket"),
            (Definition("s3", {"bucket": "cars", "path_style": "yes"}, KEY), "path_style"),
            (Definition("s3", {"bucket": "cars"}, {"type": "password", "password": "x"}), "credential"),
            (Definition("s3", {"bucket": "cars"}, {"type": "access_key", "access_key_id": "x"}), "secret_access_key"),
            (Definition("s3", {"bucket": "cars"}, {**KEY, "password": "x"}), "password"),
            (Definition("s3", {"bucket": "cars", "endpoint": "http://10.0.0.1"}, KEY), "endpoint"),
            (Definition("s3", {"bucket": "cars", "endpoint": "http://169.254.169.254"}, KEY), "endpoint"),
            (Definition("sftp", {"host": "127.0.0.1", "user": "me", "port": True}, {"password": "x"}), "port"),
            (Definition("sql", {"engine": "oracle"}), "engine"),
            (Definition("local_folder", {"path": "/etc"}), "path"),
            (Definition("local_folder", {}, {"password": "x"}), "credential"),
        ],
    )
    def test_settings_that_cannot_be_are_refused_with_the_field(
        self, ben: User, workspace: Workspace, definition: Definition, field: str
    ) -> None:
        with pytest.raises(Invalid) as raised:
            services.register_datastore(actor=ben, workspace=workspace, name="x", definition=definition)
        assert list(raised.value.fields) == [field] and "hush" not in raised.value.message
        assert not Datastore.objects.filter(name="x").exists()

    def test_a_connection_string_is_kept_as_what_is_in_it(self, ben: User, workspace: Workspace) -> None:
        text = (
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=aHVzaA==;"
            "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;"
        )
        definition = Definition(
            "azure_blob", {"account_name": "ignored", "container_name": "cars"}, {"connection_string": text}
        )
        made = services.register_datastore(actor=ben, workspace=workspace, name="blobs", definition=definition)
        assert made.options["endpoint"] == "http://127.0.0.1:10000/devstoreaccount1"
        assert (made.options["account_name"], made.options["credential"]) == ("devstoreaccount1", "account_key")
        assert opening.place_of(made).credential == {"account_key": "aHVzaA=="}


class TestEditing:
    def test_what_is_not_named_stays(self, ben: User, lake: Datastore) -> None:
        services.edit_datastore(actor=ben, datastore=lake, options={"prefix": "raw"}, tags={"team": "vision"})
        lake.refresh_from_db()
        assert (lake.options["prefix"], lake.options["bucket"], lake.tags) == ("raw", "cars", {"team": "vision"})
        assert opening.place_of(lake).credential["secret_access_key"] == "canary-hush"
        services.edit_datastore(actor=ben, datastore=lake, options={"prefix": ""}, tags={"team": None})
        assert "prefix" not in lake.options and lake.tags == {}

    def test_another_place_wants_the_credential_again(self, ben: User, lake: Datastore) -> None:
        elsewhere = {"endpoint": "http://127.0.0.1:9001"}
        for act in (services.edit_datastore, checking.check_changed):
            with pytest.raises(Invalid) as raised:
                act(
                    actor=ben,
                    datastore=lake,
                    options=elsewhere,
                    **({"credential": None} if act is checking.check_changed else {}),
                )
            assert raised.value.code == "credential_needed"
        lake.refresh_from_db()
        assert lake.options["endpoint"] == "http://127.0.0.1:9000"
        services.edit_datastore(actor=ben, datastore=lake, options=elsewhere, credential=KEY)
        assert lake.options["endpoint"] == "http://127.0.0.1:9001"

    def test_a_credential_is_not_sent_to_a_place_changed_beside_it(self, ben: User, lake: Datastore) -> None:
        """Whoever still holds the old row when place and credential change."""
        stale = Datastore.objects.get(pk=lake.pk)
        services.edit_datastore(
            actor=ben,
            datastore=lake,
            options={"endpoint": "http://127.0.0.1:9001"},
            credential={**KEY, "access_key_id": "new"},
        )
        with pytest.raises(Conflict):
            opening.place_of(stale)
        with pytest.raises(Conflict):
            services.edit_datastore(actor=ben, datastore=stale, options={"prefix": "raw"})

    def test_a_changed_place_is_not_tested_any_more(self, ben: User, lake: Datastore) -> None:
        checking.check_datastore(actor=ben, datastore=lake)
        services.edit_datastore(actor=ben, datastore=lake, options={"bucket": "other"})
        assert lake.checked_at is None and lake.check_problem == ""

    def test_giving_none_lets_go_of_the_old_credential(self, ben: User, lake: Datastore) -> None:
        services.edit_datastore(actor=ben, datastore=lake, credential={"type": "none"})
        lake.refresh_from_db()
        assert lake.secret is None and not Secret.objects.exists() and lake.options["credential"] == "none"


class TestChecking:
    def test_what_is_wrong_is_kept_in_a_sentence(self, ben: User, lake: Datastore, settings: Any) -> None:
        settings.DATA_HOSTS = {"127.0.0.1"}
        services.edit_datastore(actor=ben, datastore=lake, options={"endpoint": "http://127.0.0.1:9"}, credential=KEY)
        found = checking.check_datastore(actor=ben, datastore=lake)
        assert not found.is_working and "refused" in found.problem
        assert lake.checked_at is not None and lake.check_problem == found.problem

    def test_the_studios_own_folder_works(self, ben: User, workspace: Workspace) -> None:
        default = services.ensure_default(workspace)
        assert checking.check_datastore(actor=ben, datastore=default).is_working
        assert default.checked_at is not None and default.check_problem == ""

    def test_a_place_that_is_not_registered_can_be_tested(
        self, ben: User, workspace: Workspace, tmp_path: Path, settings: Any
    ) -> None:
        settings.DATA_ROOTS = [tmp_path]
        (tmp_path / "cars").mkdir()
        for name, works in (("cars", True), ("gone", False)):
            wanted = Definition("local_folder", {"path": str(tmp_path / name)})
            assert checking.check_new(actor=ben, workspace=workspace, definition=wanted).is_working == works
        assert checking.check_new(actor=ben, workspace=workspace, definition=Definition("local_folder")).is_working
        assert not Datastore.objects.exists()


class TestRemoving:
    def test_the_credential_goes_with_it(self, ben: User, workspace: Workspace, lake: Datastore) -> None:
        services.remove_datastore(actor=ben, datastore=lake)
        assert not Secret.objects.exists()
        with pytest.raises(NotFound):
            queries.named(workspace, "lake")
        services.register_datastore(actor=ben, workspace=workspace, name="lake", definition=S3)

    def test_versions_that_lie_there_keep_it_and_are_named(
        self, ben: User, workspace: Workspace, lake: Datastore
    ) -> None:
        asset = DataAsset.objects.create(workspace=workspace, name="cars", type="uri_file")
        DataVersion.objects.create(asset=asset, number=1, version="1", datastore=lake, path="a.csv")
        with pytest.raises(Conflict) as raised:
            services.remove_datastore(actor=ben, datastore=lake)
        assert raised.value.code == "datastore_in_use" and "cars version 1" in raised.value.message
        assert opening.place_of(lake).credential

    def test_a_folder_the_studio_keeps_goes_only_when_it_is_empty(self, ben: User, workspace: Workspace) -> None:
        made = services.register_datastore(
            actor=ben, workspace=workspace, name="mine", definition=Definition("local_folder")
        )
        folder = opening.own_folder(made)
        put(opening.file_store(made), "a")
        with pytest.raises(Conflict) as raised:
            services.remove_datastore(actor=ben, datastore=made)
        assert raised.value.code == "datastore_not_empty"
        opening.file_store(made).delete("a")
        services.remove_datastore(actor=ben, datastore=made)
        assert not folder.exists()


def test_a_read_only_datastore_takes_nothing(ben: User, workspace: Workspace, tmp_path: Path, settings: Any) -> None:
    settings.DATA_ROOTS = [tmp_path]
    place = tmp_path / "archive"
    place.mkdir()
    (place / "a").write_text("kept")
    made = services.register_datastore(
        actor=ben, workspace=workspace, name="archive", definition=Definition("local_folder", {"path": str(place)}),
        is_read_only=True,
    )  # fmt: skip
    store = opening.file_store(made)
    for act in (lambda: put(store, "b"), lambda: store.delete("a")):
        with pytest.raises(Exception, match="read-only"):
            act()
    assert checking.check_datastore(actor=ben, datastore=made).is_working
    assert [entry.name for entry in place.iterdir()] == ["a"]


def test_files_are_not_asked_of_a_database_nor_tables_of_a_folder(ben: User, workspace: Workspace) -> None:
    with pytest.raises(Invalid):
        opening.sql_store(services.ensure_default(workspace))
    made = services.register_datastore(
        actor=ben, workspace=workspace, name="db",
        definition=Definition("sql", {"engine": "mysql", "host": "127.0.0.1", "database": "d", "user": "u"}, {"password": "x"}),
    )  # fmt: skip
    with pytest.raises(Invalid):
        opening.file_store(made)
    assert json.dumps(made.options)


def test_the_janitor_tidies_each_place_and_minds_none_that_is_away(
    ben: User, workspace: Workspace, lake: Datastore
) -> None:
    default = services.ensure_default(workspace)
    put(opening.file_store(default), "a")
    (opening.own_folder(default) / INCOMING / "half").write_bytes(b"x")
    assert set(queries.written_to()) == {default.pk, lake.pk}
    assert tasks.tidy_one(lake.pk) == 0 and tasks.tidy_one(default.pk) == 0 and tasks.tidy_one(0) == 0
