"""The address table: public prefixes and the places of this installation that stand for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atelier import _client, _ids

Record = dict[str, Any]
PAGE = 100


class AddressRules:
    """`Workspace().address_rules`: a rule is named by its number. All but `where` is for administrators."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self) -> Iterator[Record]:
        """The rules, by prefix."""
        return self._api.pages("/address-rules", {"limit": PAGE})

    def create(self, prefix: str, datastore: str, path: str = "", *, note: str = "") -> Record:
        """A rule: `create("https://data.example.org/", "mirror", "data.example.org")`."""
        body = {"prefix": prefix, "datastore": datastore, "path": path, "note": note}
        return dict(self._api.post("/address-rules", body, key=_ids.new_key()))

    def update(self, rule: int, **changes: str) -> Record:
        """Changes prefix, datastore, path or note."""
        return dict(self._api.patch(f"/address-rules/{rule}", changes))

    def delete(self, rule: int) -> None:
        """Deletes a rule."""
        self._api.delete(f"/address-rules/{rule}")

    def where(self, uri: str) -> str:
        """Where the data of an address is read from here: the place a rule gives it, or the address itself."""
        return str(self._api.get("data-address", {"uri": uri})["uri"])
