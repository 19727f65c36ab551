"""What the OpenAPI generator can't read off our own classes; imported once, by the app's configuration."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "studio.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A personal token, or the token of a job."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "studio.api.authentication.SessionWithCsrf"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The browser's session; writing needs the header X-CSRFToken as well.",
        }


class Int64Field(OpenApiSerializerFieldExtension):
    target_class = "studio.api.fields.Int64"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field = self.target
        return {"type": "integer", "format": "int64", "minimum": field.min_value, "maximum": field.max_value}
