"""What a workspace has of data, each by its own door."""

from __future__ import annotations

from atelier import _client
from atelier._data import assets, datastores, flows, rules, vault


class Belongings:
    """The data of a workspace: the part of `Workspace` that is about it."""

    _api: _client.Client

    @property
    def datastores(self) -> datastores.Datastores:
        """Places that hold data: `Workspace().datastores.get("lake").upload("photos", "raw/photos")`."""
        return datastores.Datastores(self._api)

    @property
    def data(self) -> assets.Data:
        """Data assets: `Workspace().data.create("cars", "./cars.csv")`, `Workspace().data.get("cars").to_pandas()`."""
        return assets.Data(self._api)

    @property
    def dataflows(self) -> flows.Dataflows:
        """Recipes that clean data: `Workspace().dataflows["clean"].to_pandas()`."""
        return flows.Dataflows(self._api)

    @property
    def secrets(self) -> vault.Secrets:
        """The key vault: `Workspace().secrets.set("token", value)`; no value comes back."""
        return vault.Secrets(self._api)

    @property
    def connections(self) -> vault.Connections:
        """Addresses with credentials: `Workspace().connections.create("git.yml")`."""
        return vault.Connections(self._api)

    @property
    def address_rules(self) -> rules.AddressRules:
        """Which place here stands for an address outside; administrators change them."""
        return rules.AddressRules(self._api)
