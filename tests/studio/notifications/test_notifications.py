from studio.access.models import Membership
from studio.notifications import services
from studio.notifications.models import Notification
from tests.people import ApiClient, People


def tell(people: People, number: int = 1) -> Notification | None:
    return services.notify(
        user=people.ben,
        workspace=people.workspace,
        matter=f"run:{number}:completed",
        text=f"brisk-otter-{number} completed.",
        url="/w/vision/activity/",
        level="success",
    )


def test_one_matter_is_told_once(people: People) -> None:
    assert tell(people) is not None
    assert tell(people) is None
    assert Notification.objects.count() == 1


def test_the_bell_counts_and_marks_read(people: People, browser: object) -> None:
    for number in range(3):
        tell(people, number)
    client = browser(people.ben)
    assert b'data-unread="3"' in client.get("/notifications/panel/").content
    after = client.post("/notifications/read/", headers={"HX-Request": "true"})
    assert b'data-unread="0"' in after.content
    assert client.post("/notifications/read/").status_code == 302


def test_opening_one_marks_it_read_and_leads_to_the_matter(people: People, browser: object) -> None:
    told = tell(people)
    response = browser(people.ben).get(f"/notifications/{told.pk}/open/")
    assert response["Location"] == "/w/vision/activity/"
    told.refresh_from_db()
    assert told.read_at is not None


def test_nobody_reads_or_marks_what_was_told_to_another(people: People, browser: object, api: type[ApiClient]) -> None:
    told = tell(people)
    assert browser(people.ada).get(f"/notifications/{told.pk}/open/").status_code == 404
    assert api(people.ada).post("/api/v1/notifications/read", {"ids": [told.pk]}).json() == {"changed": 0}
    assert api(people.ada).get("/api/v1/notifications").json()["results"] == []
    mine = api(people.ben).get("/api/v1/notifications").json()
    assert (mine["unread"], mine["results"][0]["text"]) == (1, "brisk-otter-1 completed.")
    assert api(people.ben).post("/api/v1/notifications/read", {"ids": ["1"]}).status_code == 400
    assert api(people.ben).post("/api/v1/notifications/read", {}).json() == {"changed": 1}


def test_A08_what_a_workspace_told_goes_when_one_leaves_it(
    people: People, browser: object, api: type[ApiClient]
) -> None:
    tell(people)
    Membership.objects.filter(user=people.ben).delete()
    assert api(people.ben).get("/api/v1/notifications").json()["results"] == []
    assert b"brisk-otter" not in browser(people.ben).get("/notifications/").content


def test_the_page_has_its_empty_states(people: People, browser: object) -> None:
    client = browser(people.ben)
    assert b"No notifications yet" in client.get("/notifications/").content
    assert b"No notifications match" in client.get("/notifications/?show=unread").content
