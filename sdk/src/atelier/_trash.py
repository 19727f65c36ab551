"""What was deleted and can still come back, what is removed for good, and what the store holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from atelier import _client, _ids

Record = dict[str, Any]
PAGE = 100


class WithTrash:
    """The trash of a workspace: the part of `Workspace` that is about it."""

    _api: _client.Client

    def trash(self) -> Record:
        """What is in the trash: `results` (the newest runs) and `experiments`."""
        return dict(self._api.get("trash", {"limit": 500}))

    def preview_delete(self, runs: Sequence[str] = (), *, experiments: Sequence[int] = (), filter: str = "") -> Record:
        """What deleting would mean: runs, files, bytes really freed, and what is in the way. Nothing is changed."""
        body = {"runs": list(runs), "experiments": list(experiments), "filter": filter}
        return dict(self._api.post("trash/preview", body))

    def preview_purge(self, runs: Sequence[str] = ()) -> Record:
        """What removing these runs of the trash for good (all of it when none is named) would free."""
        return dict(self._api.post("trash/preview", {"runs": list(runs), "in_trash": True}))

    def purge(self, runs: Sequence[str] = ()) -> Record:
        """Begins to remove these runs of the trash for good, all of it when none is named. Answers the receipt."""
        body = {"runs": list(runs)} if runs else {"everything": True}
        return dict(self._api.post("trash/purge", body, key=_ids.new_key()))

    def receipts(self) -> Iterator[Record]:
        """What was removed for good, the newest first."""
        return self._api.pages("trash/receipts", {"limit": PAGE})

    def receipt(self, number: int) -> Record:
        """A receipt: what went, what stayed and why, how many bytes were freed."""
        return dict(self._api.get(f"trash/receipts/{number}"))

    def storage(self) -> Record:
        """What the store holds by kind, experiment and run, and what emptying the trash would free."""
        return dict(self._api.get("storage"))
