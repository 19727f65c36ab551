"""Pipeline files over REST: checked, translated between text and document, and the columns known at a port."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.components import declaring
from runs.pipelines.document import checking, columns, reading, serializers, writing
from runs.pipelines.document.reading import Reading
from studio.access import Permission
from studio.api.fields import clean
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

MAX_BODY = 9 * 1024 * 1024


class CheckPipeline(WorkspaceAPIView):
    """What is wrong with a pipeline, what its inline components declare, and which files beside it have to be sent."""

    policy: ClassVar = {"POST": Permission.PIPELINE_VIEW}
    max_body: ClassVar[int] = MAX_BODY

    @extend_schema(request=serializers.PipelineSource, responses={200: serializers.PipelineChecked})
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.PipelineSource, request.data)
        found = _read(values)
        problems = checking.check_reading(self.workspace, found, inputs=values.get("inputs"))
        return Response(
            {
                "problems": [problem.to_dict() for problem in problems],
                "needs": [asdict(need) for need in found.needs],
                "notes": list(found.notes),
                "declarations": _inline(found.document),
            }
        )


class TranslatePipeline(WorkspaceAPIView):
    """A document as text, or the document of a text. Nothing is kept."""

    policy: ClassVar = {"POST": Permission.PIPELINE_VIEW}
    max_body: ClassVar[int] = MAX_BODY

    @extend_schema(request=serializers.PipelineSource, responses={200: serializers.PipelineTranslated})
    def post(self, request: Request, workspace: str) -> Response:
        found = _read(clean(serializers.PipelineSource, request.data))
        if found.file_name and found.problems:
            told = [problem.to_dict() for problem in found.problems]
            return Response({"text": "", "document": None, "problems": told})
        problems = checking.check_reading(self.workspace, found)
        return Response(
            {
                "text": writing.to_yaml(found.document),
                "document": found.document,
                "problems": [problem.to_dict() for problem in problems],
            }
        )


class PipelineColumns(WorkspaceAPIView):
    """The columns of the table that goes into a port of a node."""

    policy: ClassVar = {"POST": Permission.PIPELINE_VIEW}
    max_body: ClassVar[int] = MAX_BODY

    @extend_schema(request=serializers.PipelinePort, responses={200: serializers.PipelineColumns})
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.PipelinePort, request.data)
        document = reading.read_object(values["document"]).document
        found = columns.at(self.workspace, document, values["node"], values["port"])
        return Response({"columns": found.columns, "note": found.note})


def _read(values: Mapping[str, Any]) -> Reading:
    if ("text" in values) == ("document" in values):
        raise Invalid("invalid_pipeline", "Send either a document or the text of a pipeline file.")
    if "text" in values:
        return reading.read_text(values["text"], values["file_name"], values["files"])
    return reading.read_object(values["document"], values["files"])


def _inline(document: Mapping[str, Any]) -> dict[str, Any]:
    """The declarations of components that stand in their nodes."""
    inline = {name: node.get("component") for name, node in document["jobs"].items()}
    return {
        name: declaring.declaration(one, name=one.get("name", ""), version="", reference="")
        for name, one in inline.items()
        if isinstance(one, dict)
    }
