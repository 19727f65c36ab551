"""The OpenAPI description is whole: nothing in it had to be guessed."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


@pytest.fixture
def schema():
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


def test_the_description_is_valid_and_complete(schema):
    validate_schema(schema)
    assert not GENERATOR_STATS, "\n".join([*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache])


def test_every_operation_says_how_to_sign_in(schema):
    assert set(schema["components"]["securitySchemes"]) == {"token", "session", "device"}
