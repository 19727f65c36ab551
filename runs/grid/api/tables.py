"""The grid over REST: windows and their rows, the catalogue of columns, differences, exports."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.grid import cells, columns, differences, export, keys, outline, query, serializers, window
from runs.grid.window import Window
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

KINDS = (columns.ATTRIBUTE, columns.METRIC, columns.PARAM, columns.TAG)


class Windows(WorkspaceAPIView):
    """Find the runs a question is about, in order, to be read by position for some minutes."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.WindowOpen, responses={200: serializers.WindowAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.WindowOpen, request.data)
        asked = query.read(values["query"])
        return Response(_shape(window.open_window(self.workspace, asked, request.user, base=values["base"])))


class Rows(WorkspaceAPIView):
    """Rows of a window by position, or runs by id, with the values of the columns asked for."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.RowsRead, responses={200: serializers.RowsAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.RowsRead, request.data)
        asked, wanted = query.read(values["query"]), columns.parse_all(values["columns"])
        if "ids" in values:
            return Response(self._by_id(request, asked, values, wanted))
        start, end = values["start"], min(values["end"], values["start"] + serializers.MAX_ROWS)
        found = window.find_or_open(self.workspace, asked, request.user, values["window"])
        rows = cells.rows_of(self.workspace, found.layout, start, end, wanted)
        return Response({**_shape(found), "fresh": 0, "results": rows})

    def _by_id(
        self, request: Request, asked: query.GridQuery, values: dict[str, Any], wanted: list[columns.Column]
    ) -> dict[str, Any]:
        """What is on the screen again, and how many runs have come since."""
        runs = cells.runs_of(self.workspace, values["ids"], wanted)
        rows = [runs[run_id] for run_id in values["ids"] if run_id in runs]
        found = window.find(self.workspace, request.user, values["window"])
        if found is None:
            return {"window": "", "runs": 0, "rows": 0, "fresh": 0, "results": rows}
        fresh = window.fresh_count(self.workspace, asked, request.user, found)
        return {**_shape(found), "fresh": fresh, "results": rows}


class Outlines(WorkspaceAPIView):
    """Who the rows of a window are, by position: name, state and start alone, for many rows at once."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.OutlineRead, responses={200: serializers.OutlineAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.OutlineRead, request.data)
        start, end = values["start"], min(values["end"], values["start"] + outline.MAX_ROWS)
        found = window.find_or_open(self.workspace, query.read(values["query"]), request.user, values["window"])
        rows = outline.outline_of(self.workspace, found.layout, start, end)
        return Response({**_shape(found), "results": rows})


class Keys(WorkspaceAPIView):
    """The columns there can be: attributes, metrics, parameters and tags, the commonest first."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("experiment", str, description="its path, sub-paths included"),
            OpenApiParameter("kind", str, enum=KINDS),
            OpenApiParameter("q", str, description="words the name holds"),
            OpenApiParameter("start", int),
            OpenApiParameter("limit", int),
        ],
        responses={200: serializers.KeysAnswer},
    )
    def get(self, request: Request, workspace: str) -> Response:
        asked = request.GET
        kind, text, path = asked.get("kind", ""), asked.get("q", ""), asked.get("experiment", "")
        if kind and kind not in KINDS:
            raise Invalid(
                "bad_parameter", f"kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}.", fields={"kind": "unknown"}
            )
        if "\0" in text + path or len(text) > 300 or len(path) > query.MAX_PATH:
            raise Invalid("bad_parameter", "A search has at most 300 characters.", fields={"q": "too long"})
        page = keys.catalogue(
            self.workspace,
            experiment=path,
            kind=kind,
            text=text,
            start=pagination.whole_number(
                "start", asked.get("start", "0"), minimum=0, maximum=serializers.MAX_POSITION
            ),
            limit=pagination.limit_of(asked, maximum=keys.MOST_PER_PAGE),
        )
        return Response({"results": [key_shape(key) for key in page.keys], "total": page.total})


class Look(WorkspaceAPIView):
    """Over all runs of a question: which columns are alike in all, and between which values each one lies."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.LookAt, responses={200: serializers.LookAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.LookAt, request.data)
        wanted = columns.parse_all(values["columns"])
        found = window.find_or_open(self.workspace, query.read(values["query"]), request.user, values["window"])
        alike = differences.alike(self.workspace, found.ids, wanted)
        return Response(
            {
                "alike": [column.spec for column in alike],
                "ranges": differences.ranges(self.workspace, found.ids, wanted),
            }
        )


class Exports(WorkspaceAPIView):
    """Every run of a question with these columns, in this order, as a file."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.Export, responses={200: OpenApiResponse(bytes, description="the file")})
    def post(self, request: Request, workspace: str) -> StreamingHttpResponse:
        values = fields.clean(serializers.Export, request.data)
        return file_answer(
            export.prepare(
                self.workspace,
                query.read(values["query"]),
                request.user,
                columns.parse_all(values["columns"]),
                values["format"],
            )
        )


def file_answer(made: "export.File") -> StreamingHttpResponse:
    """The export as a download that is made while it is sent."""
    body: Iterator[bytes] = made.body
    answer = StreamingHttpResponse(body, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def key_shape(key: keys.Key) -> dict[str, Any]:
    return {"column": key.spec, "kind": key.kind, "key": key.key, "count": key.count, "goal": key.goal}


def _shape(found: Window) -> dict[str, Any]:
    return {"window": found.key, "runs": len(found.ids), "rows": found.layout.count}
