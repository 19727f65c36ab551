"""What stands behind an endpoint: deployments, their instances, revisions, logs and events."""

from __future__ import annotations

import builtins
import time
from collections.abc import Iterator
from typing import Any

from atelier import _client, _errors

Record = dict[str, Any]
PAGE = 100
PAUSE = 1.0  # between two looks
SETTLED = ("Succeeded", "Failed")


class Deployments:
    """The deployments of one endpoint: `Workspace().endpoints.deployments("iris").scale("blue", 3)`."""

    def __init__(self, client: _client.Client, endpoint: str) -> None:
        self._api = client
        self.endpoint = endpoint

    def list(self) -> Iterator[Record]:
        """Every deployment, by name."""
        return self._api.pages(f"endpoints/{_client.segment(self.endpoint)}/deployments", {"limit": PAGE})

    def get(self, name: str) -> Record:
        return dict(self._api.get(self._path(name)))

    def scale(self, name: str, count: int | None = None, *, rule: Record | None = None) -> Record:
        """So many instances, or a rule: `{"type": "target_concurrency", "target": 4, "min": 0, "max": 5}`."""
        given = {"instance_count": count, "scale_settings": rule}
        body = {key: value for key, value in given.items() if value is not None}
        return dict(self._api.patch(self._path(name), body))

    def restart(self, name: str) -> Record:
        """New instances first, then the old ones go."""
        return dict(self._api.post(f"{self._path(name)}/restart"))

    def revisions(self, name: str) -> Iterator[Record]:
        """What it ran at each time, newest first."""
        return self._api.pages(f"{self._path(name)}/revisions", {"limit": PAGE})

    def roll_back(self, name: str, revision: int | None = None) -> Record:
        """What an earlier revision was, as a new one; without a number, the one that was live before."""
        number = self._before(name) if revision is None else revision
        return dict(self._api.post(f"{self._path(name)}/revisions/{number}/rollback"))

    def instances(self, name: str) -> builtins.list[Record]:
        """What lives, and the last ones that ended."""
        return builtins.list(self._api.get(f"{self._path(name)}/instances")["results"])

    def events(self, name: str, limit: int = 50) -> builtins.list[Record]:
        """What happened, newest first."""
        return builtins.list(self._api.get(f"{self._path(name)}/events", {"limit": limit})["results"])

    def logs(self, name: str, *, lines: int = 200, instance: int | None = None) -> builtins.list[Record]:
        """The last lines of each instance: `slot`, `revision`, `state` and `text`."""
        query = {"lines": lines, "instance": instance}
        return builtins.list(self._api.get(f"{self._path(name)}/logs", query)["logs"])

    def collector(self, name: str) -> Record:
        """What of its requests and answers is kept, and how much lies in the datastore."""
        return dict(self._api.get(f"{self._path(name)}/collector"))

    def collect(self, name: str, percent: float, *, daily: bool | None = None, against: str | None = None) -> Record:
        """Keep so many per cent of its requests from now on; 0 keeps none. `daily`: a drift report every day."""
        kept = dict(self.collector(name)["data_collector"])
        asked = {"daily": daily, "reference": against}
        drift = {**kept.pop("drift", {}), **{key: value for key, value in asked.items() if value is not None}}
        body = {**kept, "sampling_rate": percent / 100, **({"drift": drift} if drift else {})}
        return dict(self._api.request("PUT", f"{self._path(name)}/collector", body=body).json())

    def request_drift(self, name: str, *, against: str = "", days: int = 1) -> Record:
        """Have what was collected compared with data, such as `azureml:cars:1`; else with what the model learnt from."""
        return dict(self._api.post(f"{self._path(name)}/drift-reports", {"against": against, "days": days}))

    def drift_reports(self, name: str) -> Iterator[Record]:
        """Newest first."""
        return self._api.pages(f"{self._path(name)}/drift-reports", {"limit": PAGE})

    def drift_report(self, name: str, report: int, *, timeout: float | None = 600) -> Record:
        """A report, once it is made. Raises `WaitTimeout`."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            found = dict(self._api.get(f"{self._path(name)}/drift-reports/{report}"))
            if found["state"] != "pending":
                return found
            if end is not None and time.monotonic() > end:
                raise _errors.WaitTimeout(f"The report {report} was not made within {timeout:g} seconds.")
            time.sleep(PAUSE)

    def delete(self, name: str) -> None:
        self._api.delete(self._path(name))

    def wait(self, name: str, *, timeout: float | None = None) -> Record:
        """The deployment when it is ready. Raises `ServerError` with its problem when it failed, `WaitTimeout`."""
        for found, _ in self.watch(name, timeout=timeout):
            last = found
        if last["state"] == "Failed":
            raise _errors.Conflict(
                last["problem"] or f"The deployment {name} failed.", status=409, code="deployment_failed"
            )
        return last

    def last_event(self, name: str) -> int:
        """The id of what happened last, for `watch` to go on from; 0 for a deployment that is not there."""
        try:
            return max((int(event["id"]) for event in self.events(name, limit=1)), default=0)
        except _errors.NotFound:
            return 0

    def watch(
        self, name: str, *, timeout: float | None = None, after: int = 0
    ) -> Iterator[tuple[Record, builtins.list[Record]]]:
        """The deployment with what happened since the last look, until nothing is on its way any more.

        What happened until the event `after` is not told.
        """
        end = None if timeout is None else time.monotonic() + timeout
        seen = after
        while True:
            events = [event for event in reversed(self.events(name)) if event["id"] > seen]
            seen = max((event["id"] for event in events), default=seen)
            found = self.get(name)
            yield found, events
            if found["state"] in SETTLED and not _is_moving(found):
                return
            if end is not None and time.monotonic() > end:
                raise _errors.WaitTimeout(f"The deployment {name} was not ready within {timeout:g} seconds.")
            time.sleep(PAUSE)

    def address(self, path: str) -> str:
        """The address of a page of the studio."""
        return self._api.page(path)

    def _before(self, name: str) -> int:
        """The revision that was live before the present one."""
        current = self.get(name)["current"]
        for row in self.revisions(name):
            if row["live_at"] and (current is None or row["number"] < current["number"]):
                return int(row["number"])
        raise _errors.NotFound(f"The deployment {name} has no earlier revision that was live.", status=404)

    def _path(self, name: str) -> str:
        return f"endpoints/{_client.segment(self.endpoint)}/deployments/{_client.segment(name)}"


def _is_moving(found: Record) -> bool:
    """Whether a revision is on its way that has not failed."""
    wanted = found["wanted"]
    return wanted is not None and wanted["state"] not in ("failed", "live", "retired")
