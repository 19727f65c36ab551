"""Names, versions, aliases, files: what holds whoever asks."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from registry.mlmodels import queries, uses
from registry.mlmodels.models import ModelAlias, ModelVersion, ModelVersionFile, RegisteredModel
from registry.mlmodels.services import aliases, models, versions
from runs.tracking.models import Artifact, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from studio.storage import blobs
from tests.factories import make_run
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
Register = Callable[..., ModelVersion]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a:b", ".", "..", "a\nb", "x" * 256])
def test_a_name_mlflow_would_not_take_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(Invalid):
        models.create_model(actor=None, workspace=workspace, name=name)
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize("name", ["Modèle émoji 🌸", "a b", "a?b#c%d", "..a", "-", "versions", "日本"])
def test_any_other_name_is_taken_and_has_a_page(people: People, browser: Any, name: str) -> None:
    model = models.create_model(actor=people.ben, workspace=people.workspace, name=name)
    page = browser(people.rita).get(model.get_absolute_url())
    assert page.status_code == 200


def test_a_name_is_taken_once(workspace: Workspace) -> None:
    models.create_model(actor=None, workspace=workspace, name="digits")
    with pytest.raises(Conflict) as caught:
        models.create_model(actor=None, workspace=workspace, name="digits", tags={"a": "b"})
    assert caught.value.code == "model_exists"


def test_versions_are_counted_and_a_number_is_never_given_twice(register: Register, ben: User) -> None:
    first, second = register(), register()
    versions.delete_version(actor=ben, version=second)
    third = register()
    assert (first.number, third.number) == (1, 3)


def test_a_version_that_fails_takes_no_number_and_makes_no_model(register: Register) -> None:
    with pytest.raises(Invalid):
        register("fresh", source="/etc/passwd")
    assert not RegisteredModel.objects.filter(name="fresh").exists()
    register("old")
    with pytest.raises(Invalid):
        register("old", source="file://./etc")
    assert register("old").number == 2


@pytest.mark.django_db(transaction=True)
def test_versions_registered_at_once_are_counted_without_gaps() -> None:
    people = make_people()
    model = models.create_model(actor=people.ben, workspace=people.workspace, name="busy")
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        for _ in range(3):
            new = versions.NewVersion(source="s3://elsewhere/model")
            versions.create_version(actor=people.ben, model=model, new=new)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(ModelVersion.objects.filter(model=model).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 13))


def test_a_version_keeps_files_of_its_own_that_outlive_the_run(register: Register, run: Run) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    assert [row.path for row in queries.files_of(version)] == ["MLmodel", "data/weights.bin"]
    assert version.run_id == run.pk
    Artifact.objects.filter(run=run).delete()
    run.delete()
    found = queries.file_at(version, "data/weights.bin")
    assert b"".join(blobs.read_range(found.blob)) == b"\0\1"
    assert version.size == sum(row.size for row in queries.files_of(version))


def test_one_file_can_be_a_version(register: Register, run: Run) -> None:
    version = register(source=f"runs:/{run.pk}/other.txt")
    assert [row.path for row in queries.files_of(version)] == ["other.txt"]


def test_the_mlmodel_file_tells_signature_and_flavours(register: Register, run: Run) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    assert version.flavors == ["python_function", "sklearn"]
    assert version.signature is not None
    assert version.signature["inputs"][0]["name"] == "petal width"


def test_the_lineage_leads_from_the_run_to_the_version_and_to_its_copy(register: Register, run: Run) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    copy = register("copy", source="models:/digits-svm/1")
    (step,) = queries.came_from(version)
    assert (step.thing, step.verb) == (Thing("run", run.pk), "registered")
    assert [each.thing.id for each in queries.came_from(copy)] == [str(version.pk)]
    down = lineage.down(version.model.workspace, Thing("run", run.pk))
    assert [each.thing.id for each in down] == [str(version.pk)]
    assert [row.path for row in queries.files_of(copy)] == ["MLmodel", "data/weights.bin"]
    assert copy.run_id == run.pk


@pytest.mark.parametrize(
    "source",
    [
        "//proc/self/", "file://./etc", "file:///etc/passwd", "gopher://x/", "model", "../model", "s3://b/../../etc",
        "http://host/..%2f..%2fetc", "mlflow-artifacts:/a/%2e%2e/b", "s3://b/%00", "C:\\models", "s3://b\\..\\x",
    ],
)  # fmt: skip
def test_A34_a_source_that_could_be_a_file_of_this_machine_is_refused(register: Register, source: str) -> None:
    with pytest.raises(Invalid):
        register(source=source)


def test_A34_a_run_of_another_workspace_is_not_there(register: Register, people: People) -> None:
    foreign = make_run(people.elsewhere)
    with pytest.raises(NotFound) as theirs:
        register(source=f"runs:/{foreign.pk}/model")
    with pytest.raises(NotFound) as nobodys:
        register(source="runs:/222222222222/model")
    assert theirs.value.message.replace(foreign.pk, "x") == nobodys.value.message.replace("222222222222", "x")


def test_a_run_of_another_server_is_kept_as_words(register: Register) -> None:
    version = register(source="runs:/0123456789abcdef0123456789abcdef/model")
    assert version.run_id == "0123456789abcdef0123456789abcdef"
    assert not ModelVersionFile.objects.exists()


def test_an_alias_leads_to_one_version_and_can_be_set_to_another(register: Register, ben: User) -> None:
    first, second = register(), register()
    aliases.set_alias(actor=ben, version=first, name="champion")
    aliases.set_alias(actor=ben, version=second, name="champion")
    assert queries.version_at(first.model, "champion").number == 2
    assert queries.version_at(first.model, "latest").number == 2
    versions.delete_version(actor=ben, version=second)
    assert not ModelAlias.objects.exists()


@pytest.mark.parametrize("name", ["", "latest", "LATEST", "v3", "V12", "a b", "a/b", "é!", "x" * 256])
def test_an_alias_that_means_something_else_is_refused(register: Register, name: str) -> None:
    with pytest.raises(Invalid):
        aliases.set_alias(actor=None, version=register(), name=name)


def test_a_stage_can_be_cleared_for_a_new_version(register: Register, ben: User) -> None:
    first, second = register(), register()
    versions.move_to_stage(actor=ben, version=first, stage="production")
    versions.move_to_stage(actor=ben, version=second, stage="Production", archive_existing=True)
    first.refresh_from_db()
    assert (first.stage, second.stage) == ("Archived", "Production")
    with pytest.raises(Invalid):
        versions.move_to_stage(actor=ben, version=first, stage="None", archive_existing=True)
    with pytest.raises(Invalid):
        versions.move_to_stage(actor=ben, version=first, stage="Live")


def test_a_version_in_use_stays(register: Register, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uses, "_asked", [lambda rows: ["The endpoint digits serves it."] if rows else []])
    version = register()
    for leave in (
        lambda: versions.delete_version(actor=ben, version=version),
        lambda: models.delete_model(actor=ben, model=version.model),
    ):
        with pytest.raises(Conflict) as caught:
            leave()
        assert caught.value.code == "model_in_use"
    assert ModelVersion.objects.filter(pk=version.pk).exists()


def test_deleting_a_model_takes_everything_of_it_along(register: Register, run: Run, ben: User) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    aliases.set_alias(actor=ben, version=version, name="champion")
    models.delete_model(actor=ben, model=version.model)
    assert not ModelVersion.objects.exists()
    assert not ModelVersionFile.objects.exists()
    assert lineage.down(run.workspace, Thing("run", run.pk)) == []
    assert Artifact.objects.filter(run=run).count() == 3


def test_the_trash_learns_which_versions_came_from_runs(register: Register, run: Run, workspace: Workspace) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    assert queries.versions_from_runs(workspace, [run.pk, "222222222222"]) == {run.pk: [version]}


def test_the_feed_tells_of_every_change(register: Register, ben: User) -> None:
    version = register()
    aliases.set_alias(actor=ben, version=version, name="champion")
    models.rename_model(actor=ben, model=version.model, name="digits")
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["model.created", "model_version.registered", "model_version.alias_set", "model.renamed"]
