"""What programs told of their calls: traces of a workspace, their tags and assessments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from atelier import _client

Record = dict[str, Any]
PAGE = 100


class WithTraces:
    """The traces of a workspace: the part of `Workspace` that is about them."""

    _api: _client.Client

    def traces(
        self,
        filter: str = "",
        *,
        experiment: str | None = None,
        run: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Record]:
        """The traces that match, without their spans, newest first unless `sort` says otherwise: `traces("status = 'ERROR'")`."""
        query = {
            "filter": filter or None,
            "experiment": experiment,
            "run": run,
            "order": sort,
            "limit": min(limit or PAGE, PAGE),
        }
        return islice(self._api.pages("traces", query), limit)

    def trace(self, trace_id: str) -> Record:
        """One trace with its `spans`, `tags`, `metadata` and `assessments`."""
        return dict(self._api.get(f"traces/{_client.segment(trace_id)}"))

    def tag_trace(self, trace_id: str, tags: Mapping[str, str | None]) -> Record:
        """Sets tags of a trace; `None` removes one."""
        return dict(self._api.patch(f"traces/{_client.segment(trace_id)}", {"tags": dict(tags)}))

    def assess_trace(
        self,
        trace_id: str,
        name: str,
        value: Any,
        *,
        kind: str = "feedback",
        rationale: str = "",
        span_id: str = "",
    ) -> Record:
        """Says something of a trace or one of its spans: `assess_trace("tr-…", "correct", False, rationale="…")`."""
        body = {"name": name, "kind": kind, "value": value, "rationale": rationale, "span_id": span_id}
        return dict(self._api.post(f"traces/{_client.segment(trace_id)}/assessments", body))

    def delete_traces(
        self,
        ids: Sequence[str] = (),
        *,
        experiment: str | None = None,
        until_ms: int | None = None,
        limit: int | None = None,
    ) -> int:
        """Deletes traces for good: these, or an experiment's oldest that began until a time. Answers how many."""
        body: Record = {"experiment": experiment, "until_ms": until_ms, "limit": limit}
        body = {"ids": list(ids)} if ids else {name: value for name, value in body.items() if value is not None}
        return int(self._api.post("traces/delete", body)["deleted"])
