"""Experiments: paths that come into being, and the tree they make."""

from collections.abc import Callable

import pytest

from runs.tracking.models import Experiment
from runs.tracking.queries import experiments as queries
from runs.tracking.services.experiments import clean_path, edit_experiment, ensure_experiment
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Invalid
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("vision/digits", "vision/digits"),
        ("  vision/digits/ ", "vision/digits"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("a b/c.d-e_f", "a b/c.d-e_f"),
        ("日本", "日本"),
        ("a" * 100, "a" * 100),
    ],
)
def test_a_path_has_one_form(path: str, wanted: str) -> None:
    assert clean_path(path) == wanted


@pytest.mark.parametrize(
    "path",
    [
        "", "/", " ", "a//b", "../x", "a/./b", "a/..", "a\x00", "a\nb", "a\\b", "a?b", "a#b", "a%2fb", "a;b", "a:b",
        "a" * 101, "a/" * 10 + "b", "/".join(["a" * 60] * 5), "\ud800", "a /b", 7, None,
    ],
)  # fmt: skip
def test_A29_A42_A95_what_can_be_no_path_is_refused(path: object) -> None:
    with pytest.raises(Invalid) as caught:
        clean_path(path)
    assert caught.value.fields


def test_naming_an_experiment_makes_it_once(workspace: Workspace, ben: User) -> None:
    first = ensure_experiment(actor=ben, workspace=workspace, path="vision/digits")
    second = ensure_experiment(actor=ben, workspace=workspace, path="/vision/digits/")
    assert first.pk == second.pk
    assert Event.objects.filter(verb="experiment.created").count() == 1


def test_the_tree_is_made_of_the_paths_in_one_query(
    workspace: Workspace, django_assert_num_queries: Callable[..., object]
) -> None:
    for path, count in (("vision/digits", 2), ("vision/deep/v3", 1), ("vision", 0), ("Alpha", 1)):
        experiment = make_experiment(workspace, path)
        for _ in range(count):
            make_run(workspace, experiment=experiment)
    make_run(workspace, experiment=Experiment.objects.get(path="vision"), is_archived=True)
    make_experiment(workspace, "hidden", is_archived=True)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        tree = queries.tree(workspace)
    flat = {folder.path: folder for folder in queries.flat(tree)}
    assert list(flat) == ["Alpha", "vision", "vision/deep", "vision/deep/v3", "vision/digits"]
    assert (flat["vision"].run_count, flat["vision"].total_count) == (0, 3)
    assert flat["vision/deep"].experiment is None
    assert flat["vision"].last_run_at == max(
        flat["vision/digits"].last_run_at,
        flat["vision/deep/v3"].last_run_at,  # type: ignore[type-var]
    )
    assert [folder.name for folder in queries.below(workspace, "vision")] == ["deep", "digits"]
    assert queries.below(workspace, "nowhere") == []


def test_editing_archives_and_restores(workspace: Workspace, ben: User) -> None:
    experiment = make_experiment(workspace, "a")
    edit_experiment(actor=ben, experiment=experiment, description="Why", is_archived=True)
    assert not queries.tree(workspace)
    edit_experiment(actor=ben, experiment=experiment, is_archived=False)
    assert queries.tree(workspace)[0].experiment == experiment
    assert Experiment.objects.get().description == "Why"


def test_over_rest(api: Callable[..., ApiClient], people: People) -> None:
    client, reader = api(people.ben, base=BASE), api(people.rita, base=BASE)
    made = client.post("experiments", {"path": "vision/digits", "description": "Digits"})
    assert made.status_code == 201, made.content
    body = made.json()
    make_run(people.workspace, experiment=Experiment.objects.get(pk=body["id"]))
    listed = client.get("experiments").json()["results"]
    assert [(row["path"], row["run_count"]) for row in listed] == [("vision/digits", 1)]
    assert client.patch(f"experiments/{body['id']}", {"is_archived": True}).json()["is_archived"]
    assert client.get("experiments").json()["results"] == []
    assert len(client.get("experiments?archived=all").json()["results"]) == 1
    assert client.post("experiments", {"path": "../x"}).status_code == 400
    assert reader.get("experiments").status_code == 200
    assert reader.post("experiments", {"path": "b"}).status_code == 403
    assert api(people.stan, base=BASE).get(f"experiments/{body['id']}").status_code == 404


def test_a_long_list_comes_in_pages(api: Callable[..., ApiClient], people: People) -> None:
    for number in range(7):
        make_experiment(people.workspace, f"e{number}")
    client = api(people.ben, base=BASE)
    page = client.get("experiments?limit=3").json()
    assert [row["path"] for row in page["results"]] == ["e0", "e1", "e2"]
    following = client.http.get(page["next"], headers={"Authorization": f"Bearer {client.token}"}).json()
    assert [row["path"] for row in following["results"]] == ["e3", "e4", "e5"]
