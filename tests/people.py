"""The four people of every test, and how they call the studio.

Ada owns the workspace `vision`, Ben contributes to it, Rita reads it. Stan is a stranger: signed in, with a workspace of
his own (`elsewhere`), and nothing of `vision` may show that it exists.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from studio.access.models import Role, Workspace
from studio.accounts.models import User
from tests.factories import make_membership, make_token, make_user, make_workspace


@dataclass(frozen=True)
class People:
    ada: User
    ben: User
    rita: User
    stan: User
    workspace: Workspace
    elsewhere: Workspace

    @property
    def by_part(self) -> dict[str, User]:
        return {"owner": self.ada, "contributor": self.ben, "reader": self.rita, "stranger": self.stan}


def make_people() -> People:
    ada = make_user("ada@example.org", name="Ada Lovelace")
    ben = make_user("ben@example.org", name="Ben Carver")
    rita = make_user("rita@example.org", name="Rita Levi")
    stan = make_user("stan@example.org", name="Stan Stranger")
    workspace = make_workspace("vision", name="Vision", owner=ada)
    make_membership(workspace, ben, Role.CONTRIBUTOR)
    make_membership(workspace, rita, Role.READER)
    elsewhere = make_workspace("elsewhere", name="Elsewhere", owner=stan)
    return People(ada=ada, ben=ben, rita=rita, stan=stan, workspace=workspace, elsewhere=elsewhere)


class ApiClient:
    """Calls the REST API as one person with a bearer token; bodies are JSON unless `content_type` says otherwise."""

    def __init__(self, user: User | None, token: str = "", *, base: str = "") -> None:
        self.token = token or (make_token(user) if user else "")
        self.base = base
        self.http = Client(raise_request_exception=True)

    def request(self, method: str, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        headers = {**extra.pop("headers", {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if method in {"get", "head"}:
            return getattr(self.http, method)(self.base + path, data, headers=headers, **extra)
        extra.setdefault("content_type", "application/json")
        body = {} if data is None else data
        return getattr(self.http, method)(self.base + path, body, headers=headers, **extra)

    def get(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("get", path, data, **extra)

    def head(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("head", path, data, **extra)

    def post(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("post", path, data, **extra)

    def put(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("put", path, data, **extra)

    def patch(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("patch", path, data, **extra)

    def delete(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self.request("delete", path, data, **extra)
