"""Webhooks of a workspace and the log of what they sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from atelier import _client, _ids

Record = dict[str, Any]
PAGE = 100


class Webhooks:
    """`Workspace().webhooks`: a webhook is named by its number."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self) -> Iterator[Record]:
        """All webhooks, the newest first."""
        return self._api.pages("webhooks", {"limit": PAGE})

    def get(self, webhook: int) -> Record:
        """One webhook; its secret is never shown."""
        return dict(self._api.get(f"webhooks/{webhook}"))

    def create(self, name: str, url: str, events: Sequence[str], *, description: str = "", secret: str = "") -> Record:
        """A webhook: `create("ci", "https://ci.example.org/hook", ["model_version.created"], secret="…")`."""
        body = {"name": name, "url": url, "events": list(events), "description": description, "secret": secret}
        return dict(self._api.post("webhooks", body, key=_ids.new_key()))

    def update(
        self,
        webhook: int,
        *,
        name: str | None = None,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        secret: str | None = None,
        is_active: bool | None = None,
    ) -> Record:
        """Changes what is given; an empty secret removes it."""
        given = {"name": name, "url": url, "description": description, "secret": secret}
        body: Record = {key: value for key, value in given.items() if value is not None}
        if events is not None:
            body["events"] = list(events)
        if is_active is not None:
            body["status"] = "ACTIVE" if is_active else "DISABLED"
        return dict(self._api.patch(f"webhooks/{webhook}", body))

    def delete(self, webhook: int) -> None:
        """Deletes a webhook with its log."""
        self._api.delete(f"webhooks/{webhook}")

    def test(self, webhook: int, event: str = "") -> Record:
        """Sends an example at once and answers what came of it."""
        return dict(self._api.post(f"webhooks/{webhook}/test", {"event": event}))

    def deliveries(self, webhook: int) -> Iterator[Record]:
        """What was sent, the newest first, with every attempt."""
        return self._api.pages(f"webhooks/{webhook}/deliveries", {"limit": PAGE})

    def redeliver(self, webhook: int, delivery: int) -> Record:
        """Sends a message once more."""
        return dict(self._api.post(f"webhooks/{webhook}/deliveries/{delivery}/redeliver"))
