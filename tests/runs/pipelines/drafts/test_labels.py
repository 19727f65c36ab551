import pytest
from django.test import Client

from runs.pipelines.drafts import services
from runs.pipelines.drafts.labels import compared
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.pipelines import make_pipeline

pytestmark = pytest.mark.django_db
CLEAN = {
    "type": "command",
    "component": "atelier:clean_missing_data:1",
    "display_name": "Only whole rows",
    "inputs": {},
}
SPLIT = {
    "type": "command", "component": "atelier:split_data:1",
    "inputs": {"dataset": "${{parent.jobs.clean.outputs.cleaned_dataset}}", "fraction_of_rows": 0.7},
}  # fmt: skip
BEFORE = {"type": "pipeline", "jobs": {"clean": CLEAN, "split": SPLIT}}


def told(workspace: Workspace, after: dict) -> list[str]:
    return [each.sentence for each in compared(workspace, BEFORE, after)]


def test_nodes_ports_and_parameters_are_called_as_on_the_canvas(workspace: Workspace) -> None:
    other = {"dataset": "${{parent.inputs.cars}}", "fraction_of_rows": 0.5}
    after = {"jobs": {"clean": {**CLEAN, "display_name": "Whole rows"}, "split": {**SPLIT, "inputs": other}}}
    assert told(workspace, after) == [
        "The field display_name of Whole rows (clean) was Only whole rows and is Whole rows.",
        "The wire Dataset of Split Data (split) was Cleaned dataset of Only whole rows and is the pipeline's input cars.",
        "The parameter Fraction of rows in the first output dataset of Split Data (split) was 0.7 and is 0.5.",
    ]


def test_what_is_gone_unknown_or_inside_another_keeps_a_name(workspace: Workspace) -> None:
    inner = {"type": "pipeline", "display_name": "Each one", "jobs": {"split": SPLIT}}
    gone = {"type": "command", "component": "azureml:gone:1", "inputs": {"some_value": 1}}
    assert told(workspace, {"jobs": {"nested": {"component": inner}, "old": gone}}) == [
        "Only whole rows (clean) was removed.",
        "Split Data (split) was removed.",
        "Each one (nested) was added.",
        "old was added.",
    ]
    deeper = {"type": "pipeline", "jobs": {"split": {**SPLIT, "inputs": {"fraction_of_rows": 0.1}}}}
    [lost, changed] = compared(
        workspace, {"jobs": {"a": {"component": inner}}}, {"jobs": {"a": {"component": deeper}}}
    )[:2]
    assert (lost.node_label, changed.node_label) == ("a / Split Data", "a / Split Data")
    assert (
        changed.sentence
        == "The parameter Fraction of rows in the first output dataset of a / Split Data (a/split) was 0.7 and is 0.1."
    )


def test_the_page_of_versions_says_them(client: Client, ada: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace, document=BEFORE, kept=True)
    after = {**pipeline.document, "jobs": {**pipeline.document["jobs"], "split": {**SPLIT, "inputs": {}}}}
    services.save_draft(actor=ada, pipeline=pipeline, document=after, stamp=pipeline.stamp)
    client.force_login(ada)
    page = client.get(f"{pipeline.get_absolute_url().removesuffix('edit/')}versions/?a=1&b=draft").content.decode()
    assert 'Split Data <span class="muted small mono">split</span>' in page
    assert "wire Dataset removed" in page and "Cleaned dataset of Only whole rows" in page
