"""The tabs Explore and Profile in every state."""

import pytest
from django.test import Client

from registry.data.assets.models import DataVersion
from registry.data.explore.models import DataProfile
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.data import make_data
from tests.registry.data.explore.test_profile import CARS, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def cars(workspace: Workspace) -> DataVersion:
    return make_data(workspace, "cars", {"cars.csv": CARS})


def page(person: User, version: DataVersion, tab: str, **query: str) -> str:
    client = Client()
    client.force_login(person)
    url = f"/w/{version.asset.workspace.slug}/data/cars/versions/{version.version}/{tab}/"
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_explore_brings_what_its_scripts_need(rita: User, cars: DataVersion) -> None:
    text = page(rita, cars, "explore")
    assert "data-explore" in text
    assert "/data/cars/versions/1/rows" in text


def test_a_version_that_is_not_read_yet_says_so(rita: User, cars: DataVersion) -> None:
    DataVersion.objects.filter(pk=cars.pk).update(state="pending")
    text = page(rita, cars, "explore")
    assert "still being read" in text
    assert "<data-explore" not in text


def test_only_who_may_have_a_profile_made_sees_the_button(rita: User, ben: User, cars: DataVersion) -> None:
    assert "Make the profile" in page(ben, cars, "profile")
    text = page(rita, cars, "profile")
    assert "Make the profile" not in text
    assert "No profile yet" in text


def test_a_profile_under_way_shows_how_far_it_is(rita: User, cars: DataVersion) -> None:
    DataProfile.objects.create(
        version=cars, state="running", columns=[{"name": "id", "type": "int", "native": "BIGINT"}]
    )
    text = page(rita, cars, "profile")
    assert "0 of 1 columns" in text
    assert "live:workspace-" in text


def test_a_failed_profile_says_why_and_can_be_tried_again(rita: User, ben: User, cars: DataVersion) -> None:
    DataProfile.objects.create(version=cars, state="failed", problem="The file is <damaged>.")
    assert "The file is &lt;damaged&gt;." in page(rita, cars, "profile")
    assert "Try again" not in page(rita, cars, "profile")
    assert "Try again" in page(ben, cars, "profile")


def test_a_finished_profile_shows_columns_and_correlations(rita: User, cars: DataVersion) -> None:
    made(cars)
    text = page(rita, cars, "profile")
    for words in ("1,000 rows", "10 %", "0 to 499.5", "Oslo (75 %)", "Correlations", "There is no other version yet."):
        assert words in text


def test_starting_a_profile_leads_back_to_it(ben: User, cars: DataVersion) -> None:
    client = Client()
    client.force_login(ben)
    url = f"/w/{cars.asset.workspace.slug}/data/cars/versions/1/profile/"
    answer = client.post(f"{url}start/")
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert DataProfile.objects.get(version=cars).state == "queued"


def test_drift_is_shown_or_what_is_missing_for_it(workspace: Workspace, rita: User, cars: DataVersion) -> None:
    later = make_data(workspace, "cars", {"cars.csv": CARS.replace(b"Rome", b"Lima")})
    assert "has no finished profile yet" in page(rita, later, "profile/drift", **{"with": "1"})
    made(cars)
    made(later)
    text = page(rita, later, "profile/drift", **{"with": "1"})
    assert "city has 1 new value: Lima." in text
    assert text.index("city has 1 new value") < text.index("price is much as it was.")


def test_the_export_of_a_page_is_a_csv_file(rita: User, cars: DataVersion) -> None:
    client = Client()
    client.force_login(rita)
    url = f"/w/{cars.asset.workspace.slug}/data/cars/versions/1/explore/export/"
    answer = client.post(url, {"sql": "SELECT '@x' AS a"})
    assert b"".join(answer.streaming_content) == b"a\n'@x\n"  # type: ignore[attr-defined]
    assert client.post(url, {"sql": "COPY data TO 'x'"}).status_code == 400
