import pytest
from django.test import Client

from studio.access.models import Invitation, Membership, Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict
from studio.workspaces import invitations, services
from tests.factories import make_membership, make_user
from tests.people import ApiClient, People

V1 = "/api/v1/workspaces/vision/"


def link_for(people: People, email: str, role: str = "reader") -> str:
    made = invitations.invite(actor=people.ada, workspace=people.workspace, email=email, role=role)
    return made.url.removeprefix("http://testserver")


def membership_of(user: User) -> Membership:
    return Membership.objects.get(user=user, workspace__slug="vision")


def test_a_new_person_joins_by_the_link_with_a_password_of_their_own(people: People, client: Client) -> None:
    path = link_for(people, "New.Person@Example.org", "contributor")
    assert client.get(path).status_code == 200
    short = client.post(path, {"name": "Nia New", "password": "short"})
    assert short.status_code == 422
    assert not User.objects.filter(email="new.person@example.org").exists()
    joined = client.post(path, {"name": "Nia New", "password": "three odd words", "role": "owner"})
    assert joined["Location"] == "/w/vision/"
    nia = User.objects.get(email="new.person@example.org")
    assert membership_of(nia).role == "contributor"  # A27: not what the body says
    assert client.get("/w/vision/members/").status_code == 200


def test_A27_a_link_works_once(people: People, client: Client) -> None:
    path = link_for(people, "nia@example.org")
    client.post(path, {"name": "Nia", "password": "three odd words"})
    assert Client().get(path).status_code == 410
    assert Client().post(path, {"name": "Eve", "password": "three odd words"}).status_code == 410


def test_A27_another_person_can_not_use_the_link(people: People, browser: object) -> None:
    path = link_for(people, "nia@example.org")
    stan = browser(people.stan)
    assert stan.get(path).status_code == 403
    assert stan.post(path).status_code == 403
    assert not Membership.objects.filter(user=people.stan, workspace=people.workspace).exists()


def test_A27_a_link_dies_when_its_sender_may_no_longer_invite(people: People, client: Client) -> None:
    other = make_user()
    make_membership(people.workspace, other, "owner")
    path = link_for(people, "nia@example.org")
    services.change_role(actor=other, membership=membership_of(people.ada), role="reader")
    assert client.get(path).status_code == 410


def test_somebody_with_an_account_signs_in_to_accept(people: People, browser: object, client: Client) -> None:
    path = link_for(people, people.stan.email)
    page = client.get(path)
    assert b"Sign in" in page.content
    assert b'name="password"' not in page.content
    assert browser(people.stan).post(path)["Location"] == "/w/vision/"
    assert membership_of(people.stan).role == "reader"


def test_inviting_a_member_or_again_is_answered_plainly(people: People, api: type[ApiClient]) -> None:
    ada = api(people.ada, base=V1)
    assert ada.post("invitations", {"email": "ben@example.org", "role": "reader"}).status_code == 409
    first = ada.post("invitations", {"email": "nia@example.org"}).json()
    second = ada.post("invitations", {"email": "Nia@example.org", "role": "reader"})
    assert second.status_code == 201
    assert Invitation.objects.filter(email="nia@example.org").count() == 1
    assert Client().get(first["url"].removeprefix("http://testserver")).status_code == 410
    listed = ada.get("invitations").json()["results"]
    assert [row["email"] for row in listed] == ["nia@example.org"]
    assert "url" not in listed[0]
    assert ada.delete(f"invitations/{listed[0]['id']}").status_code == 204


def test_the_last_owner_can_not_leave_be_removed_or_demoted(people: People, api: type[ApiClient]) -> None:
    ada, mine = api(people.ada, base=V1), membership_of(people.ada)
    assert ada.patch(f"members/{mine.pk}", {"role": "reader"}).json()["code"] == "last_owner"
    assert ada.delete(f"members/{mine.pk}").json()["code"] == "last_owner"
    assert membership_of(people.ada).role == "owner"
    ben = membership_of(people.ben)
    assert ada.patch(f"members/{ben.pk}", {"role": "owner"}).json()["role"] == "owner"
    assert ada.delete(f"members/{mine.pk}").status_code == 204


def test_a_role_change_acts_at_the_next_request(people: People, api: type[ApiClient]) -> None:
    ada, ben = api(people.ada, base=V1), api(people.ben, base=V1)
    assert ben.get("invitations").status_code == 403
    ada.patch(f"members/{membership_of(people.ben).pk}", {"role": "owner"})
    assert ben.get("invitations").status_code == 200
    ada.patch(f"members/{membership_of(people.ben).pk}", {"role": "reader"})
    assert ben.get("invitations").status_code == 403
    ada.delete(f"members/{membership_of(people.ben).pk}")
    assert ben.get("members").status_code == 404  # A28


def test_everybody_may_leave_but_only_owners_remove_others(people: People, api: type[ApiClient]) -> None:
    rita = api(people.rita, base=V1)
    assert rita.delete(f"members/{membership_of(people.ben).pk}").status_code == 403
    assert rita.delete(f"members/{membership_of(people.rita).pk}").status_code == 204
    assert rita.get("").status_code == 404


def test_two_owners_who_demote_each_other_leave_one(people: People) -> None:
    services.change_role(actor=people.ada, membership=membership_of(people.ben), role="owner")
    of_ada, of_ben = membership_of(people.ada), membership_of(people.ben)  # both loaded before either acts
    services.change_role(actor=people.ben, membership=of_ada, role="reader")
    with pytest.raises(Conflict):
        services.change_role(actor=people.ada, membership=of_ben, role="reader")


def test_members_are_told_in_the_feed(people: People) -> None:
    services.change_role(actor=people.ada, membership=membership_of(people.rita), role="contributor")
    event = Event.objects.filter(workspace=people.workspace).first()
    assert (event.verb, event.label, event.detail) == ("member.role_changed", "Rita Levi", "reader → contributor")


def test_the_members_page_shows_forms_only_to_who_may_use_them(people: People, browser: object) -> None:
    owner = browser(people.ada).get("/w/vision/members/").content
    reader = browser(people.rita).get("/w/vision/members/").content
    assert b"Invite by link" in owner
    assert b"/role/" in owner
    assert b"Invite by link" not in reader
    assert b"/role/" not in reader
    assert b"/members/leave/" in reader


def test_the_page_shows_the_link_once(people: People, browser: object) -> None:
    client = browser(people.ada)
    shown = client.post("/w/vision/invitations/", {"email": "nia@example.org", "role": "reader"})
    assert b"http://testserver/invitations/" in shown.content
    listed = client.get("/w/vision/members/").content
    assert b"nia@example.org" in listed
    assert b"http://testserver/invitations/" not in listed
    wrong = client.post("/w/vision/invitations/", {"email": "no address", "role": "king"})
    assert wrong.status_code == 422


def test_owners_open_workspaces_and_others_do_not(people: People, api: type[ApiClient], browser: object) -> None:
    made = api(people.stan).post("/api/v1/workspaces", {"slug": "audio", "name": "Audio"})
    assert made.status_code == 201
    assert made.json()["role"] == "owner"
    assert api(people.stan).post("/api/v1/workspaces", {"slug": "audio"}).status_code == 409
    assert api(people.rita).post("/api/v1/workspaces", {"slug": "text"}).status_code == 403
    assert browser(people.rita).post("/workspaces/", {"slug": "text", "name": "Text"}).status_code == 403
    assert browser(people.ada).post("/workspaces/", {"slug": "text", "name": "Text"})["Location"] == "/w/text/"
    for bad in ("", "Up", "a b", "-a", "a/", "ä", "a" * 61, "a\n"):
        assert api(people.ada).post("/api/v1/workspaces", {"slug": bad}).status_code == 400, bad
        assert browser(people.ada).post("/workspaces/", {"slug": bad, "name": "x"}).status_code in (302, 422)
    assert not Workspace.objects.filter(slug__in=["Up", "-a", "ä", "a\n"]).exists()


def test_settings_are_changed_by_owners(people: People, api: type[ApiClient], browser: object) -> None:
    patched = api(people.ada, base=V1.rstrip("/")).patch("", {"description": "What we see."})
    assert patched.json()["description"] == "What we see."
    assert api(people.ben, base=V1.rstrip("/")).patch("", {"name": "x"}).status_code == 403
    assert api(people.ada, base=V1.rstrip("/")).patch("", {"slug": "x"}).status_code == 400
    saved = browser(people.ada).post("/w/vision/settings/", {"name": "Seeing", "description": ""})
    assert saved.status_code == 302
    people.workspace.refresh_from_db()
    assert people.workspace.name == "Seeing"
