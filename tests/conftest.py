"""Fixtures of the whole suite: the four people, and clients that act as one of them."""

import gc
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from studio.access.models import Workspace
from studio.accounts.models import ApiToken, User
from studio.api.throttle import PrincipalThrottle
from tests import flushing
from tests.docker_engine import base_image, docker_engine, own_engine  # noqa: F401
from tests.guard.scene import CALLERS, Scene, make_scene
from tests.people import ApiClient, People, make_people
from tests.skipped import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})


# The suite holds a million objects to its end: looking through them again and again for garbage takes a tenth of its time.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Quick tests first, then real studios, browsers last: a browser's event loop stays in this thread to the end.

    What asks for no database is marked `pure`, before `-m` chooses; pytest-django fails it where it touches one.
    """
    items[:] = [item for item in items if _means_something_on_this_database(item)]
    for item in items:
        if not _asks_for_a_database(item):
            item.add_marker(pytest.mark.pure)
    yield
    items.sort(key=_weight)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("pure") and _asks_for_a_database(item):
        pytest.fail("It is marked pure and asks for a database.", pytrace=False)


def _asks_for_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(fixtures)


def _means_something_on_this_database(item: pytest.Item) -> bool:
    other = {"sqlite": "only_on_postgresql", "postgresql": "only_on_sqlite"}[connection.vendor]
    return item.get_closest_marker(other) is None


def _weight(item: pytest.Item) -> int:
    if item.get_closest_marker("browser") or "_in_browser" in item.path.name:
        return 2
    return 1 if item.get_closest_marker("real") else 0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database, which tests that commit leave empty by deleting what they wrote."""
    with pytest.MonkeyPatch.context() as patch:
        flushing.of_what_is_written_only(patch)
        yield


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def ada(people: People) -> User:
    """Owner of `vision`."""
    return people.ada


@pytest.fixture
def ben(people: People) -> User:
    """Contributor to `vision`."""
    return people.ben


@pytest.fixture
def rita(people: People) -> User:
    """Reader of `vision`."""
    return people.rita


@pytest.fixture
def stan(people: People) -> User:
    """A stranger to `vision`, owner of `elsewhere`."""
    return people.stan


@pytest.fixture
def workspace(people: People) -> Workspace:
    """`vision`."""
    return people.workspace


@pytest.fixture(scope="module")
def standing_scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The scene of a module that calls every address: a thousand tests need not make it a thousand times."""
    with django_db_blocker.unblock(), transaction.atomic():
        scene = make_scene()
        for who in CALLERS:
            scene.token(who), scene.session(who)  # what a test made would go with the test
        # Each call's note of the token's use would go with its test too, and so be written by each.
        ApiToken.objects.update(last_used_at=timezone.now() + timedelta(days=1))
        yield scene
        transaction.set_rollback(True)


@pytest.fixture
def scene(standing_scene: Scene, db: None) -> Scene:
    """One row of everything. What a test changes is undone by the test's own savepoint."""
    # The people are the same for the whole module, and so would be what they have spent.
    PrincipalThrottle._buckets.clear()
    return standing_scene


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """`browser(ada).get("/w/vision/")`: a signed-in page visitor."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def api() -> Callable[[User | None], ApiClient]:
    """`api(ben).post("/api/v1/…", {...})`: a REST caller with a personal token; `api(None)` has none.

    `api(ben, base="/api/v1/workspaces/vision/")` saves the beginning of each path.
    """

    def caller(user: User | None, token: str = "", *, base: str = "") -> ApiClient:
        return ApiClient(user, token, base=base)

    return caller
