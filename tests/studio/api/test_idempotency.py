import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from studio.access.models import Workspace
from studio.api.models import IdempotencyKey
from tests.people import ApiClient, make_people

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/workspaces"


def create(caller: ApiClient, slug: str, key: str | None) -> object:
    return caller.post(URL, {"slug": slug}, headers={"Idempotency-Key": key} if key else {})


def test_the_same_key_finds_the_first_answer() -> None:
    caller = ApiClient(make_people().ada)
    first, again = create(caller, "one", "key-1"), create(caller, "one", "key-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Workspace.objects.filter(slug="one").count() == 1


def test_the_same_key_with_another_body_is_refused() -> None:
    caller = ApiClient(make_people().ada)
    create(caller, "one", "key-1")
    assert create(caller, "two", "key-1").status_code == 422


def test_keys_of_two_people_do_not_meet() -> None:
    people = make_people()
    assert create(ApiClient(people.ada), "one", "key-1").status_code == 201
    assert create(ApiClient(people.stan), "two", "key-1").status_code == 201


def test_a_request_that_failed_leaves_its_key_free() -> None:
    caller = ApiClient(make_people().ada)
    assert create(caller, "vision", "key-1").status_code == 409
    assert not IdempotencyKey.objects.exists()
    assert create(caller, "other", "key-1").status_code == 201


def test_a_key_is_forgotten_after_a_day() -> None:
    caller = ApiClient(make_people().ada)
    create(caller, "one", "key-1")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert create(caller, "two", "key-1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 101, "a\tb", "ü"])
def test_a_bad_key_is_refused(key: str) -> None:
    caller = ApiClient(make_people().ada)
    assert caller.post(URL, {"slug": "one"}, headers={"Idempotency-Key": key}).status_code == 400


def test_A98_parallel_requests_with_one_key_create_once_and_get_equal_answers() -> None:
    caller = ApiClient(make_people().ada)
    answers: list[tuple[int, bytes]] = []

    def call() -> None:
        try:
            response = create(ApiClient(None, caller.token), "one", "key-1")
            answers.append((response.status_code, response.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert {status for status, _ in answers} == {201}
    assert all(json.loads(content) == json.loads(answers[0][1]) for _, content in answers)
    assert Workspace.objects.filter(slug="one").count() == 1


def test_A98_parallel_requests_for_one_name_give_one_201_and_409_for_the_rest() -> None:
    caller = ApiClient(make_people().ada)
    answers: list[int] = []

    def call() -> None:
        try:
            answers.append(create(ApiClient(None, caller.token), "one", None).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] + [409] * 11
