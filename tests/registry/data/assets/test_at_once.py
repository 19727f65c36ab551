"""Several people, and several workers, at the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from registry.data.assets import engine, files, services, state
from registry.data.assets.models import DataAsset, DataVersion
from tests.factories.data import put_file
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
CSV = b"make,price\nvolvo,100\n"


def at_once(work: Callable[[int], None], count: int = 4) -> None:
    begin = threading.Barrier(count)
    problems: list[Exception] = []

    def run(number: int) -> None:
        begin.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - told below
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_two_people_register_the_same_name_at_once_and_get_two_whole_versions() -> None:
    people = make_people()
    places = [put_file(people.workspace, f"once/{number}/cars.csv", CSV * (number + 1)) for number in range(4)]

    def register(number: int) -> None:
        actor = people.ada if number % 2 else people.ben
        for _ in range(2):
            new = services.NewVersion(name="cars", type="uri_file", path=places[number])
            services.register(actor=actor, workspace=people.workspace, new=new)

    at_once(register)
    assert DataAsset.objects.count() == 1
    assert list(DataVersion.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 9))
    assert list(DataVersion.objects.order_by("number").values_list("version", flat=True)) == [
        str(n) for n in range(1, 9)
    ]
    for version in list(DataVersion.objects.all()):
        settled = services.settle(version_id=version.pk)
        place = settled.uri.rsplit("/", 2)[1]
        assert settled.state == "ready"
        assert b"".join(files.read(settled, "cars.csv")) == CSV * (int(place) + 1)


def test_several_workers_read_a_version_once() -> None:
    people = make_people()
    where = put_file(people.workspace, "once/shared/cars.csv", CSV)
    new = services.NewVersion(name="cars", type="uri_file", path=where)
    version = services.register(actor=people.ben, workspace=people.workspace, new=new)
    claimed: list[int] = []

    def claim(number: int) -> None:
        if state.claim(version.pk) is not None:
            claimed.append(number)

    at_once(claim)
    assert len(claimed) == 1
    state.release(version)
    at_once(lambda _: engine.step(version.pk) and None)
    assert DataVersion.objects.get().state == "ready"
