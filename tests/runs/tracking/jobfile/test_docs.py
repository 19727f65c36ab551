"""docs/job-file.md says what the parser does."""

import re

import pytest
from django.conf import settings

from registry.environments import definitions
from runs.tracking.jobfile import parse, schema

PAGE = (settings.BASE_DIR / "docs" / "job-file.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_every_field_is_described() -> None:
    for name in schema.FIELDS:
        if name != "version":  # accepted, means nothing for a job
            assert f"`{name}" in PAGE, name


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_a_job_file(block: str) -> None:
    job = parse.parse_text(block)
    assert job.command


@pytest.mark.parametrize("name", ["azureml:AzureML-sklearn-1.5@latest"])
def test_the_environments_it_names_are_known(name: str) -> None:
    assert name in PAGE
    assert definitions.parse(name, {}).packages
