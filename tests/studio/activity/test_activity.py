import pytest
from django.test import Client

from studio.activity import services
from studio.activity.models import Activity, Event
from tests.people import ApiClient, People

V1 = "/api/v1/workspaces/vision/"
PAGE = "/w/vision/activity/"


def begin(people: People, name: str = "run:a", **more: str) -> Activity:
    return services.begin(
        actor=people.ben, workspace=people.workspace, kind="run", subject=name, title=f"Run {name}", **more
    )


def note(people: People, verb: str, label: str = "thing") -> Event:
    return services.record(
        actor=people.ada, workspace=people.workspace, verb=verb, subject="x:1", label=label, detail="some detail"
    )


def test_an_operation_is_opened_once_and_never_reopened(people: People) -> None:
    first, again = begin(people), begin(people)
    assert first == again
    told = {"workspace": people.workspace, "kind": "run", "subject": "run:a"}
    assert services.report(**told, state="running", progress=0.5) == 1
    assert services.report(**told, state="succeeded", progress=2.0) == 1
    assert services.report(**told, state="running") == 0
    first.refresh_from_db()
    assert (first.state, first.progress) == ("succeeded", 1.0)
    assert first.ended_at is not None


def test_the_page_shows_the_feed_and_the_operations(people: People, browser: object) -> None:
    note(people, "run.stopped", "brisk-otter-42")
    begin(people)
    client = browser(people.rita)
    feed = client.get(PAGE).content.decode()
    assert "Ada Lovelace" in feed
    assert "brisk-otter-42" in feed
    operations = client.get(PAGE, {"view": "operations"}).content.decode()
    assert "Run run:a" in operations


def test_an_empty_feed_and_one_that_a_filter_empties_look_different(people: People, browser: object) -> None:
    client = browser(people.rita)
    assert "Nothing has happened yet" in client.get(PAGE).content.decode()
    note(people, "run.stopped")
    filtered = client.get(PAGE, {"area": "member"}).content.decode()
    assert "No events match" in filtered


def test_an_htmx_request_gets_the_rows_alone(people: People, browser: object) -> None:
    note(people, "run.stopped")
    part = browser(people.rita).get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="activity-rows"' in part


def test_a_long_feed_comes_in_pages(people: People, browser: object) -> None:
    for number in range(60):
        note(people, "run.stopped", f"run-{number:02}")
    client = browser(people.rita)
    first = client.get(PAGE)
    assert "run-59" in first.content.decode()
    assert "run-05" not in first.content.decode()
    second = client.get(PAGE + first.context["page"].next_url)
    assert "run-05" in second.content.decode()
    assert second.context["page"].previous_url
    assert not second.context["page"].is_live


@pytest.mark.parametrize("query", ["area=x", "actor=abc", "actor=-1", "state=gone", "view=x", "cursor=zzz", "kind=%00"])
def test_A91_a_filter_that_is_not_on_offer_is_refused(
    people: People, browser: object, api: type[ApiClient], query: str
) -> None:
    assert browser(people.rita).get(f"{PAGE}?{query}").status_code == 400
    if "view" not in query:
        path = "events" if query.startswith(("area", "actor", "cursor")) else "activities"
        refused = api(people.rita, base=V1).get(f"{path}?{query}")
        assert refused.status_code == 400
        assert refused["Content-Type"] == "application/problem+json"


def test_the_tray_counts_what_is_open(people: People, browser: object) -> None:
    begin(people)
    tray = browser(people.rita).get(PAGE + "tray/").content.decode()
    assert 'data-unread="1"' in tray


def test_rest_lists_operations_and_events_by_cursor(people: People, api: type[ApiClient]) -> None:
    for number in range(5):
        note(people, "run.stopped", f"run-{number}")
        begin(people, f"run:{number}")
    rita = api(people.rita, base=V1)
    first = rita.get("events?limit=2").json()
    assert [row["label"] for row in first["results"]] == ["run-4", "run-3"]
    second = rita.http.get(first["next"], headers={"Authorization": f"Bearer {rita.token}"}).json()
    assert [row["label"] for row in second["results"]] == ["run-2", "run-1"]
    back = rita.http.get(second["previous"], headers={"Authorization": f"Bearer {rita.token}"}).json()
    assert [row["label"] for row in back["results"]] == ["run-4", "run-3"]
    operations = rita.get("activities?limit=3&state=open").json()
    assert len(operations["results"]) == 3
    one = rita.get(f"activities/{operations['results'][0]['id']}").json()
    assert one["state"] == "pending"


@pytest.mark.parametrize("limit", ["0", "-1", "501", "99999999999999999999999", "abc", "", "1e3", "٣", "true"])
def test_A90_a_bad_limit_is_refused(people: People, api: type[ApiClient], limit: str) -> None:
    response = api(people.rita, base=V1).get("events", {"limit": limit})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "WyJuIl0", "WyJuIiwie30iXQ", "W10", "a" * 5000, "WyJuIiwiYSJd", "é"])
def test_A90_a_cursor_of_ones_own_make_is_refused(people: People, api: type[ApiClient], cursor: str) -> None:
    note(people, "run.stopped")
    assert api(people.rita, base=V1).get("events", {"cursor": cursor}).status_code == 400


def test_A08_a_stranger_sees_nothing_of_it(people: People, api: type[ApiClient], browser: object) -> None:
    activity = begin(people)
    stan = api(people.stan)
    assert stan.get(V1 + "events").status_code == 404
    assert stan.get(f"/api/v1/workspaces/elsewhere/activities/{activity.pk}").status_code == 404
    assert api(people.ada).get(f"/api/v1/workspaces/elsewhere/activities/{activity.pk}").status_code == 404  # A07
    assert browser(people.stan).get(PAGE).status_code == 404


def test_a_visitor_is_sent_to_sign_in(people: People, client: Client) -> None:
    assert client.get(PAGE)["Location"].startswith("/sign-in/")
