"""Traces: begin, end, read, search, tag, link, delete."""

import time
from collections.abc import Collection
from typing import Any, ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError, MlflowView
from runs.mlflow_api.traces import reading, wording, writing
from runs.mlflow_api.tracking import finding
from runs.traces import queries, search
from runs.traces.models import MAX_KEY, Trace
from runs.traces.services import records, reports, words
from runs.tracking.models import Experiment, Run
from studio import access
from studio.access import Permission
from studio.accounts.models import User
from studio.errors import Gone, NotFound
from studio.search import SearchError

MAX_RESULTS = 500
DEFAULT_RESULTS = 100
MAX_BATCH = 500
# The client asks for a trace while its last spans are still on the way: so often it is looked for, so far apart.
LOOKS, SECONDS_BETWEEN = 4, 0.25


class TracesView(MlflowView):
    """What the views of traces share."""

    max_body: ClassVar[int] = 16 * 1024 * 1024

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    def experiment(self, request: Request, experiment_id: str, *, is_active: bool = False) -> Experiment:
        return finding.experiment(
            request, self.workspace, experiment_id, Permission.EXPERIMENT_VIEW, is_active=is_active
        )

    def trace(self, request: Request, trace_id: str, permission: Permission) -> Trace:
        """The trace of this id. A job may write to one that belongs to no run or to its own."""
        try:
            found = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=trace_id)
        except NotFound:
            raise missing(trace_id) from None
        if permission != Permission.RUN_VIEW and found.run_id is not None:
            access.get_or_404(request, Run, found.run_id, permission)
        found.workspace = self.workspace
        return found

    def run_of(self, request: Request, metadata: Any) -> Run | None:
        """The run that metadata names, where the caller may write to it."""
        run_id = metadata.get(words.SOURCE_RUN, "")
        if not run_id:
            return None
        try:
            return access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        except (Gone, NotFound):
            return None

    def check_ours(self, request: Request, trace_ids: Collection[str]) -> None:
        """Raise for a trace of a run that the caller may not write to."""
        for run_id in queries.runs_of_traces(self.workspace, trace_ids):
            access.get_or_404(request, Run, run_id, Permission.RUN_LOG)

    def facts(self, trace: Trace) -> queries.TraceFacts:
        return queries.facts_of([trace])[0]


class Traces(TracesView):
    """POST: what a client says of a trace that is over (MLflow 3)."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        experiment_id, report = reading.trace_info(fields.plain(request.data))
        experiment = self.experiment(request, experiment_id, is_active=True)
        self._check_ours(request, report.trace_id)
        trace = reports.report_trace(
            actor=self.person, experiment=experiment, report=report, run=self.run_of(request, report.metadata)
        )
        return Response({"trace": {"trace_info": writing.trace_info(self.facts(trace)), "spans": []}})

    def _check_ours(self, request: Request, trace_id: str) -> None:
        """A trace that is there already may belong to a run that the caller may not write to."""
        found = queries.trace_named(self.workspace, trace_id)
        if found is not None:
            self.trace(request, trace_id, Permission.RUN_LOG)


class OlderTraces(TracesView):
    """POST: a trace begins; GET: search (before MLflow 3)."""

    policy: ClassVar = {"POST": Permission.RUN_LOG, "GET": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        experiment = self.experiment(request, fields.text(body, "experiment_id"), is_active=True)
        report = reading.older_report(body, reports.new_trace_id())
        trace = reports.report_trace(
            actor=self.person, experiment=experiment, report=report, run=self.run_of(request, report.metadata)
        )
        return Response({"trace_info": writing.older_info(self.facts(trace))})

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "experiment_ids", "order_by")
        found = _search(self, request, body, fields.texts(body, "experiment_ids"), "experiment_ids")
        return Response(_page([writing.older_info(facts) for facts in queries.facts_by_pk(found.ids)], found))


class TraceSearch(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        places = [item for item in fields.items(body, "locations") if isinstance(item, dict)]
        ids = [reading.experiment_id({"trace_location": place}) for place in places]
        found = _search(self, request, body, [one for one in ids if one], "locations")
        return Response(_page([writing.trace_info(facts) for facts in queries.facts_by_pk(found.ids)], found))


class OneTrace(TracesView):
    """GET: one trace without its spans."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_VIEW)
        return Response({"trace": {"trace_info": writing.trace_info(self.facts(trace)), "spans": []}})


class OlderTrace(TracesView):
    """PATCH: a trace is over; GET `info`: one trace (before MLflow 3)."""

    policy: ClassVar = {"PATCH": Permission.RUN_LOG, "GET": Permission.RUN_VIEW}

    def patch(self, request: Request, workspace: str, trace_id: str) -> Response:
        body = fields.plain(request.data)
        trace = reports.end_trace(
            actor=self.person,
            trace=self.trace(request, trace_id, Permission.RUN_LOG),
            end_ms=fields.time_ms(body, "timestamp_ms") or 0,
            state=reading.state_of(body.get("status")),
            tags=dict(fields.pairs(body, "tags")),
            metadata=dict(fields.pairs(body, "request_metadata")),
        )
        return Response({"trace_info": writing.older_info(self.facts(trace))})


class OlderTraceInfo(TracesView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_VIEW)
        return Response({"trace_info": writing.older_info(self.facts(trace))})


class WholeTrace(TracesView):
    """GET `get`: one trace with its spans; without `allow_partial` only once all of them are there."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        trace_id = fields.required(body, "trace_id")
        is_partial = str(body.get("allow_partial", "")).lower() == "true"
        for look in range(LOOKS):
            facts = self.facts(self.trace(request, trace_id, Permission.RUN_VIEW))
            spans = queries.spans_of(facts.trace)
            if is_partial or facts.is_whole(len(spans)):
                return Response({"trace": writing.trace(facts, spans)})
            if look < LOOKS - 1:
                time.sleep(SECONDS_BETWEEN)
        raise MlflowError(
            "RESOURCE_DOES_NOT_EXIST", f"Trace with ID {trace_id} is not fully exported yet, please try again later."
        )


class TraceBatch(TracesView):
    """GET `batchGet`: whole traces with their spans; those that are not complete are left out."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "trace_ids", "experiment_ids")
        found = _named(self, request, body)
        spans = queries.spans_by_trace([facts.trace for facts in found])
        whole = [facts for facts in found if facts.is_whole(len(spans[facts.trace.pk]))]
        return Response({"traces": [writing.trace(facts, spans[facts.trace.pk]) for facts in whole]})


class TraceInfoBatch(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        found = _named(self, request, fields.plain(request.data))
        return Response({"trace_infos": [writing.trace_info(facts) for facts in found]})


class DeleteTraces(TracesView):
    """POST: traces are deleted, by their ids or by their age."""

    policy: ClassVar = {"POST": Permission.RUN_DELETE}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        experiment = self.experiment(request, fields.required(body, "experiment_id"))
        trace_ids = fields.texts(body, "request_ids") or fields.texts(body, "trace_ids")
        until_ms, limit = fields.whole(body, "max_timestamp_millis"), fields.whole(body, "max_traces")
        if trace_ids and (until_ms is not None or limit is not None):
            raise fields.bad("`max_timestamp_millis` and `max_traces` can't be specified if `trace_ids` is specified.")
        if trace_ids:
            count = records.delete_by_id(
                actor=self.person, workspace=self.workspace, trace_ids=trace_ids, experiment=experiment
            )
        elif until_ms is None:
            raise fields.bad("Either `max_timestamp_millis` or `trace_ids` must be specified.")
        else:
            count = records.delete_before(actor=self.person, experiment=experiment, until_ms=until_ms, limit=limit)
        return Response({"traces_deleted": count})


class TraceTags(TracesView):
    policy: ClassVar = {"PATCH": Permission.RUN_LOG, "DELETE": Permission.RUN_LOG}

    def patch(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_LOG)
        body = fields.plain(request.data)
        key, value = fields.required(body, "key"), fields.text(body, "value")
        fields.check_name(key, "key")
        fields.check_length("key", key, MAX_KEY)
        records.set_tag(actor=self.person, trace=trace, key=key, value=value)
        return Response({})

    def delete(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_LOG)
        key = request.query_params.get("key") or fields.required(fields.plain(request.data or {}), "key")
        records.delete_tag(actor=self.person, trace=trace, key=key)
        return Response({})


class LinkToRun(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        run = finding.run(request, self.workspace, fields.required(body, "run_id"), Permission.RUN_LOG)
        trace_ids = fields.texts(body, "trace_ids")
        self.check_ours(request, trace_ids[: records.MAX_LINKS])
        records.link_to_run(actor=self.person, run=run, trace_ids=trace_ids)
        return Response({})


class LinkPrompts(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        trace = self.trace(request, fields.required(body, "trace_id"), Permission.RUN_LOG)
        told = [item for item in fields.items(body, "prompt_versions") if isinstance(item, dict)]
        prompts = [(fields.required(item, "name"), fields.required(item, "version")) for item in told]
        records.link_prompts(actor=self.person, trace=trace, prompts=prompts)
        return Response({})


def missing(trace_id: str) -> MlflowError:
    return MlflowError("RESOURCE_DOES_NOT_EXIST", f"Trace with ID '{trace_id[:120]}' not found.")


def _search(view: TracesView, request: Request, body: fields.Body, ids: list[str], name: str) -> search.Found:
    if not ids:
        raise fields.missing(name)
    limit = fields.whole(body, "max_results", default=DEFAULT_RESULTS) or 0
    if not 1 <= limit <= MAX_RESULTS:
        raise fields.invalid(
            "max_results", body.get("max_results"), f"It must be at least 1 and at most {MAX_RESULTS}."
        )
    wanted = search.Query(
        filter=fields.text(body, "filter"),
        experiments=tuple(visible_experiments(view, request, ids)),
        order=", ".join(fields.texts(body, "order_by")),
        limit=limit,
        token=fields.text(body, "page_token"),
        person=view.person,
        has_words=False,
    )
    try:
        return search.find(view.workspace, wanted)
    except SearchError as error:
        raise fields.bad(wording.of_search(error)) from error


def visible_experiments(view: TracesView, request: Request, ids: list[str]) -> list[int]:
    """Experiments that are not there are passed over, as the client expects of a search."""
    found = []
    for experiment_id in dict.fromkeys(ids):
        try:
            found.append(view.experiment(request, experiment_id).pk)
        except MlflowError as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
    return found


def _page(rows: list[dict[str, Any]], found: search.Found) -> dict[str, Any]:
    return {"traces": rows, "next_page_token": found.next_token} if found.next_token else {"traces": rows}


def _named(view: TracesView, request: Request, body: fields.Body) -> list[queries.TraceFacts]:
    ids = fields.texts(body, "trace_ids")
    if not ids:
        raise fields.missing("trace_ids")
    if len(ids) > MAX_BATCH:
        raise fields.invalid("trace_ids", len(ids), f"At most {MAX_BATCH} traces can be read at once.")
    rows = access.visible(request, Trace, Permission.RUN_VIEW).filter(trace_id__in=ids)
    if "experiment_ids" in body:
        rows = rows.filter(experiment__in=visible_experiments(view, request, fields.texts(body, "experiment_ids")))
    return queries.facts_in_order(rows, ids)
