"""Which target a job runs on, and what is said about it."""

import pytest

from runs.tracking.jobfile import parse
from runs.tracking.services.placing import place
from studio.access.models import Workspace
from studio.errors import Invalid
from tests.factories import make_target

AZURE = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n"


def placed(workspace: Workspace, compute: str, head: str = "") -> tuple[str, str]:
    text = f"{head}command: x\n" + (f"compute: {compute}\n" if compute else "")
    found = place(workspace=workspace, job=parse.parse_text(text))
    return found.target.name, " ".join(found.notes)


@pytest.mark.parametrize(
    ("compute", "head", "note"),
    [
        ("", "", ""),
        ("local", "", ""),
        ("azureml:local", "", ""),
        ("serverless", "", "Serverless compute was asked for"),
        ("azureml:serverless", "", "Serverless compute was asked for"),
        ("azureml:cpu-cluster", "", "The compute target cpu-cluster does not exist here"),
        ("gpu-cluster", AZURE, "The compute target gpu-cluster does not exist here"),
    ],
)
def test_files_written_for_azure_run_on_the_only_target_and_say_so(
    workspace: Workspace, compute: str, head: str, note: str
) -> None:
    make_target(None, name="local")
    name, said = placed(workspace, compute, head)
    assert name == "local"
    assert said.startswith(note)
    assert bool(said) == bool(note)


@pytest.mark.parametrize(("compute", "head"), [("gpu-cluster", ""), ("azureml:locall", ""), ("lokal", AZURE)])
def test_an_unknown_name_is_refused_with_what_there_is(workspace: Workspace, compute: str, head: str) -> None:
    make_target(None, name="local")
    with pytest.raises(Invalid) as caught:
        placed(workspace, compute, head)
    assert "there is local" in caught.value.message


def test_with_several_targets_an_unknown_cluster_is_refused(workspace: Workspace) -> None:
    make_target(None, name="local")
    make_target(workspace, name="big")
    with pytest.raises(Invalid) as caught:
        placed(workspace, "azureml:cpu-cluster")
    assert "big, local" in caught.value.message or "local, big" in caught.value.message
    assert placed(workspace, "")[0] == "local"


def test_a_workspaces_own_target_goes_before_a_shared_one_of_its_name(workspace: Workspace) -> None:
    make_target(None, name="local")
    own = make_target(workspace, name="local")
    found = place(workspace=workspace, job=parse.parse_text("command: x\ncompute: local"))
    assert found.target.pk == own.pk


def test_without_any_target_it_says_so(workspace: Workspace) -> None:
    with pytest.raises(Invalid) as caught:
        placed(workspace, "")
    assert caught.value.code == "no_compute"
