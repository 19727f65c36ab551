import pytest
from django.test import RequestFactory
from django.urls import ResolverMatch

from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.accounts.models import ApiToken, User
from studio.accounts.tokens import ApiTokenNarrowing
from studio.errors import Denied, NotFound
from tests.factories import make_run
from tests.people import People


def request_of(user: User, slug: str = "vision", auth: object = None) -> object:
    request = RequestFactory().get("/")
    request.user = user
    request.auth = auth
    request.resolver_match = ResolverMatch(lambda: None, (), {"workspace": slug})
    return request


def test_a_stranger_and_a_wrong_workspace_get_the_same_not_found(people: People) -> None:
    run = make_run(people.workspace)
    words = set()
    for user, slug, pk in [
        (people.stan, "vision", run.pk),
        (people.stan, "elsewhere", run.pk),
        (people.ada, "elsewhere", run.pk),
        (people.ada, "nowhere", run.pk),
        (people.ada, "vision", "222222222222"),
    ]:
        with pytest.raises(NotFound) as caught:
            access.get_or_404(request_of(user, slug), Run, pk, Permission.RUN_VIEW)
        words.add((caught.value.code, caught.value.message, caught.value.hint))
    assert len(words) == 1


def test_a_reader_sees_a_run_but_may_not_stop_it(people: People) -> None:
    run = make_run(people.workspace)
    assert access.get_or_404(request_of(people.rita), Run, run.pk, Permission.RUN_VIEW) == run
    with pytest.raises(Denied) as caught:
        access.get_or_404(request_of(people.rita), Run, run.pk, Permission.RUN_STOP)
    assert "run:stop" in caught.value.message
    assert access.get_or_404(request_of(people.ben), Run, run.pk, Permission.RUN_STOP) == run


def test_A22_a_read_token_narrows_an_owner_to_looking(people: People) -> None:
    run = make_run(people.workspace)
    token = ApiTokenNarrowing(token_id=1, scope=ApiToken.Scope.READ)
    request = request_of(people.ada, auth=token)
    assert access.get_or_404(request, Run, run.pk, Permission.RUN_VIEW) == run
    with pytest.raises(Denied):
        access.get_or_404(request, Run, run.pk, Permission.RUN_STOP)
    assert not access.allows(request, Permission.RUN_STOP, people.workspace)


def test_fetching_a_row_takes_two_queries(people: People, django_assert_num_queries: object) -> None:
    run = make_run(people.workspace)
    request = request_of(people.ben)
    with django_assert_num_queries(2):
        access.get_or_404(request, Run, run.pk, Permission.RUN_LOG)
    with django_assert_num_queries(0):
        assert access.allows(request, Permission.RUN_STOP, people.workspace)


def test_a_disabled_person_sees_nothing(people: People) -> None:
    people.ben.is_active = False
    people.ben.save()
    with pytest.raises(NotFound):
        access.workspace_or_404(request_of(people.ben))
    assert not access.visible_workspaces(request_of(people.ben)).exists()
