"""Searching runs, in the language that everything here is searched by."""

from typing import ClassVar, cast

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.tracking import experiment_queries, finding, run_shapes
from runs.mlflow_api.tracking.experiments import view_of
from runs.tracking.search import Query, find
from runs.tracking.search.finding import ACTIVE, ALL, DELETED
from studio.access import Permission
from studio.accounts.models import User

MAX_RESULTS = 50_000
USUAL = 1_000


class SearchRuns(MlflowView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> HttpResponse:
        body = fields.body_of(request)
        experiments = _experiments(self, body)
        limit = _limit(body)
        if not experiments:
            return _json({"runs": []})
        found = find(
            self.workspace,
            Query(
                filter=fields.text(body, "filter"),
                experiments=experiments,
                order=fields.texts(body, "order_by"),
                lifecycle={True: ACTIVE, False: DELETED, None: ALL}[view_of(body, "run_view_type")],
                person=cast(User, request.user),
                limit=limit,
                token=fields.text(body, "page_token"),
            ),
        )
        # Each run becomes bytes at once: a hundred thousand small objects alive together keep the collector busy.
        runs = [orjson.Fragment(orjson.dumps(run)) for run in run_shapes.runs_of(found.ids)]
        answer: dict[str, object] = {"runs": runs}
        if found.next_token:
            answer["next_page_token"] = found.next_token
        return _json(answer)


def _experiments(view: MlflowView, body: fields.Body) -> list[int]:
    """The numbers of the experiments to search in, the unknown ones left out. None named is an empty search."""
    wanted = fields.texts(body, "experiment_ids")
    numbers = {number for text in wanted if (number := fields.numeric_id(text)) is not None and text != "0"}
    found = experiment_queries.known(view.workspace, numbers)
    if finding.DEFAULT_ID in wanted:
        found.append(finding.default_experiment(view.workspace).pk)
    return found


def _limit(body: fields.Body) -> int:
    limit = fields.whole(body, "max_results", default=USUAL) or 0
    if not 1 <= limit <= MAX_RESULTS:
        raise fields.invalid("max_results", limit, f"It must be at least 1 and at most {MAX_RESULTS}.{fields.SEE}")
    return limit


def _json(answer: dict[str, object]) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer), content_type="application/json")
