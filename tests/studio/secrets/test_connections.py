"""Connections: every type and credential, as files write them; a stored credential follows nobody elsewhere."""

from typing import Any

import pytest

from studio.access.models import Workspace
from studio.errors import Conflict, Invalid
from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.connections import document, kinds, services
from studio.secrets.models import Connection, Secret, SecretUse

pytestmark = pytest.mark.django_db
USER = Thing("job", "1")
FILE = """
$schema: https://azuremlschemas.azureedge.net/latest/workspaceConnection.schema.json
name: acme-feed
type: python_feed
target: https://pkgs.example.org/simple/
credentials:
  type: username_password
  username: ci
  password: canary-password
is_shared: false
metadata:
  team: vision
"""


def make(workspace: Workspace, **fields: Any) -> Connection:
    given = {"name": "c", "type": "git", "target": "https://x.example/", **fields}
    return services.create_connection(actor=None, workspace=workspace, definition=document.read(given))


def parts_of(kind: str) -> dict[str, Any]:
    credential = kinds.CREDENTIALS[kind]
    if kind == "custom_keys":
        return {"keys": {"ONE": "canary-1", "TWO": "canary-2"}}
    return {field.name: f"canary-{field.name}" for field in credential.fields}


ALL = [(kind.type, credential) for kind in kinds.KINDS.values() for credential in kind.credentials]


@pytest.mark.parametrize(("kind", "credential"), ALL)
def test_every_type_with_every_credential_it_takes(workspace: Workspace, kind: str, credential: str) -> None:
    places = {place.name: "acme" for place in kinds.KINDS[kind].places}
    made = make(workspace, type=kind, credentials={"type": credential, **parts_of(credential)}, **places)
    found = services.reveal_credentials(actor=None, connection=made, user=USER)
    expected = parts_of(credential)
    assert found == expected.get("keys", expected)
    assert (made.type, made.credentials, made.secret_id is not None) == (kind, credential, bool(expected))
    assert {name: made.metadata[name] for name in places} == places


def test_a_file_is_read_and_its_credential_sealed_as_its_own(workspace: Workspace) -> None:
    made = services.create_connection(actor=None, workspace=workspace, definition=document.read_text(FILE))
    assert (made.name, made.type, made.credentials, made.is_shared) == (
        "acme-feed",
        "python_feed",
        "username_password",
        False,
    )
    assert made.metadata == {"team": "vision"}
    secret = Secret.objects.get()
    assert (secret.name, secret.held_by) == ("connection:acme-feed", f"connection:{made.pk}")
    assert services.reveal_credentials(actor=None, connection=made, user=USER) == {
        "username": "ci",
        "password": "canary-password",
    }
    assert SecretUse.objects.get().secret == secret


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"type": "api_key", "api_base": "https://a.example/", "api_key": "canary"}, "https://a.example/"),
        ({"type": "AzureOpenAI", "azure_endpoint": "https://b.example/", "api_key": "canary", "api_version": "2"}, "https://b.example/"),
        ({"type": "azure-ai-search", "endpoint": "https://c.example/", "api_key": "canary"}, "https://c.example/"),
        ({"type": "OpenAI", "api_key": "canary"}, ""),
        ({"type": "PythonFeed", "target": "https://d.example/", "credentials": {"type": "PAT", "pat": "canary"}}, "https://d.example/"),
    ],
)  # fmt: skip
def test_the_short_ways_of_files_mean_the_same(workspace: Workspace, fields: dict[str, Any], target: str) -> None:
    made = services.create_connection(
        actor=None, workspace=workspace, definition=document.read({"name": "c", **fields})
    )
    assert (made.target, made.secret_id is not None) == (target, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "telepathy"}, "type"), ({"type": 7}, "type"), ({"name": "a b"}, "name"), ({"name": None}, "name"), ({"target": ""}, "target"),
        ({"target": "https://user:canary@x.example/"}, "target"), ({"target": "https://x.example/?sig=canary"}, "target"),
        ({"target": "Server=tcp:x;Password=canary"}, "target"), ({"target": "x" * 2000}, "target"), ({"target": "a\0b"}, "target"),
        ({"metadata": {"password": "canary"}}, "metadata.password"), ({"metadata": {"MY_API_KEY": "canary"}}, "metadata.MY_API_KEY"),
        ({"metadata": {"deep": {"a": 1}}}, "metadata.deep"), ({"metadata": {"n": float("nan")}}, "metadata.n"), ({"metadata": [1]}, "metadata"),
        ({"credentials": "canary"}, "credentials"), ({"credentials": {"type": "sas", "sas_token": "canary"}}, "credentials.type"),
        ({"credentials": {"type": "pat"}}, "credentials.pat"), ({"credentials": {"type": "pat", "pat": 7}}, "credentials.pat"),
        ({"credentials": {"type": "pat", "pat": "a", "pwd": "canary"}}, "credentials.pwd"), ({"colour": "red"}, "colour"),
        ({"is_shared": "yes"}, "is_shared"), ({"type": "custom", "credentials": {"type": "custom_keys", "keys": {}}}, "credentials.keys"),
        ({"type": "azure_blob", "account_name": "a"}, "container_name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_no_value_repeated(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        document.read({"name": "c", "type": "git", "target": "https://x.example/", **changes})
    assert field in caught.value.fields
    assert "canary" not in f"{caught.value.message}{caught.value.fields}"


@pytest.mark.parametrize("text", ["a: [canary", "canary", "- canary", "\tname: canary", "&a [*a]", "x" * 70_000])
def test_a_text_that_is_no_file_of_a_connection_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        document.read_text(text)
    assert "canary" not in caught.value.message


def test_a_traceback_does_not_show_the_values() -> None:
    assert "canary" not in repr(document.read_text(FILE))


def changed(connection: Connection, **changes: Any) -> Connection:
    from studio.secrets.connections import queries

    fresh = Connection.objects.select_related("workspace", "secret").get(pk=connection.pk)
    return services.edit_connection(
        actor=None, connection=fresh, definition=document.read(queries.merged(fresh, changes))
    )


def test_A104_another_target_needs_the_credential_again(workspace: Workspace) -> None:
    made = make(workspace, credentials={"type": "pat", "pat": "canary"})
    for changes in ({"target": "https://evil.example/"}, {"type": "python_feed"}):
        with pytest.raises(Invalid) as caught:
            changed(made, **changes)
        assert caught.value.code == "credential_needed"
    assert Connection.objects.get().target == "https://x.example/"
    moved = changed(made, target="https://y.example/", credentials={"type": "pat", "pat": "canary-2"})
    assert services.reveal_credentials(actor=None, connection=moved, user=USER) == {"pat": "canary-2"}


def test_A104_what_says_where_it_is_beside_the_target_counts_too(workspace: Workspace) -> None:
    made = make(
        workspace, type="azure_blob", target="", account_name="ours", container_name="c",
        credentials={"type": "account_key", "account_key": "canary"},
    )  # fmt: skip
    with pytest.raises(Invalid):
        changed(made, account_name="theirs")
    with pytest.raises(Invalid):
        changed(made, metadata={"account_name": "theirs", "container_name": "c"})
    assert changed(made, description="about").metadata["account_name"] == "ours"


def test_A104_whoever_read_it_before_it_was_moved_can_not_move_it_back(workspace: Workspace) -> None:
    made = make(workspace, credentials={"type": "pat", "pat": "mine"})
    stale = Connection.objects.select_related("workspace", "secret").get()
    changed(made, target="https://y.example/", credentials={"type": "pat", "pat": "canary"})
    with pytest.raises(Conflict) as caught:
        services.edit_connection(
            actor=None,
            connection=stale,
            definition=document.read({"name": "c", "type": "git", "target": "https://x.example/"}),
        )
    assert (caught.value.code, Connection.objects.get().target) == ("connection_changed", "https://y.example/")


def test_other_changes_keep_the_credential_and_another_kind_replaces_it(workspace: Workspace) -> None:
    made = make(workspace, credentials={"type": "pat", "pat": "canary"})
    assert changed(made, description="about").secret_id is not None
    bare = changed(made, credentials={"type": "none"})
    assert (bare.secret_id, Secret.objects.count()) == (None, 0)
    # Nothing is stored, so nothing can be sent elsewhere.
    assert changed(made, target="https://y.example/").target == "https://y.example/"


def test_one_of_each_name_and_deleted_with_its_credential(workspace: Workspace) -> None:
    made = make(workspace, credentials={"type": "pat", "pat": "canary"})
    with pytest.raises(Conflict) as caught:
        make(workspace, name="C")
    assert caught.value.code == "connection_exists"
    services.delete_connection(actor=None, connection=made)
    assert not Secret.objects.exists()
    assert not Connection.objects.exists()


def test_the_longest_name_holds_a_credential(workspace: Workspace) -> None:
    name = "n" * document.MAX_NAME
    assert make(workspace, name=name, credentials={"type": "pat", "pat": "word"}).secret_id is not None
    with pytest.raises(Invalid):
        document.read({"name": name + "n", "type": "git", "target": "https://x.example/"})


def test_a_held_credential_is_not_deleted_by_its_name_and_says_whose_it_is(workspace: Workspace) -> None:
    make(workspace, credentials={"type": "pat", "pat": "word"})
    with pytest.raises(Conflict, match="is used by the connection c"):
        vault.remove(actor=None, secret=Secret.objects.get())


def test_what_needs_a_credential_is_not_made_without(workspace: Workspace) -> None:
    with pytest.raises(Invalid) as caught:
        make(workspace, type="serp")
    assert caught.value.code == "credential_needed"
    assert not Connection.objects.exists()
