"""Components are registered from their files, counted, never changed, archived and deleted."""

import pytest

from runs.components import declared, definitions, queries, services, uses
from runs.components.definitions import InvalidComponent
from runs.pipelines.document import checking
from runs.pipelines.models import PipelineRun
from runs.tracking.models import Run, Snapshot
from studio.access.models import Workspace
from studio.errors import Conflict, NotFound
from tests.factories.components import FILE, make_component
from tests.factories.compute import make_target
from tests.factories.data import make_data
from tests.factories.pipeline_runs import make_pipeline_run
from tests.factories.pipelines import make_pipeline
from tests.factories.stored import keep_bytes
from tests.people import People

TEXT = FILE.format(name="scale")


def test_a_version_is_counted_and_the_same_file_is_answered_as_it_is(people: People) -> None:
    first = make_component(people.workspace, actor=people.ben)
    assert (first.version, first.number, first.reference) == ("1", 1, "azureml:scale:1")
    assert make_component(people.workspace).pk == first.pk
    second = make_component(people.workspace, text=TEXT.replace("max: 10", "max: 20"))
    assert second.version == "2"
    assert second.digest != first.digest
    worded = make_component(people.workspace, text=TEXT.replace("Multiplies", "Scales"))
    assert (worded.version, worded.digest) == ("3", first.digest)  # other words do the same: it is reused


def test_a_version_that_is_asked_for_never_changes(workspace: Workspace) -> None:
    made = make_component(workspace, version="1.0.2")
    assert make_component(workspace, version="1.0.2").pk == made.pk
    assert make_component(workspace, text=TEXT + "version: 1.0.2\n").pk == made.pk
    with pytest.raises(Conflict) as refused:
        make_component(workspace, text=TEXT.replace("max: 10", "max: 20"), version="1.0.2")
    assert refused.value.code == "component_version_exists"


def test_names_that_look_alike_are_refused(workspace: Workspace) -> None:
    make_component(workspace, "model_1")
    with pytest.raises(Conflict) as refused:
        make_component(workspace, "model_l")
    assert refused.value.code == "component_name_alike"


def test_what_is_wrong_with_a_file_is_told_with_its_place(workspace: Workspace) -> None:
    text = "name: Scale\ncommand: python ${{inputs.x}}\ninputs: {y: {type: numbr}}\nadditional_includes: ../lib\n"
    with pytest.raises(InvalidComponent) as refused:
        services.register(actor=None, workspace=workspace, text=text, file_name="c.yml")
    told = " ".join(refused.value.fields.values())
    for part in ("c.yml:1:7: 'Scale' can't name", "c.yml:2:17: ${{inputs.x}} is not declared", "inputs.y.type can't be 'numbr'", "additional_includes must be a list"):  # fmt: skip
        assert part in told


@pytest.mark.parametrize(
    ("includes", "said"),
    [
        ("[..]", "'..' has no name of its own"),
        ("[../]", "'../' has no name of its own"),
        ("['snapshot:aa']", "'snapshot:aa' has no name of its own"),
        ("[a/lib, b/lib/]", "two of additional_includes are called 'lib'"),
        ("[{type: git, url: x}]", "takes files and folders beside this file, and nothing of other places"),
        ("['https://x.org/a.py']", "https: addresses can't be read by this version; name a file or folder beside"),
        (f"[{', '.join(f'a{n}' for n in range(101))}]", "names 101 paths; 100 are the most"),
    ],
)
def test_what_can_not_be_included_is_told(includes: str, said: str) -> None:
    found = definitions.read(TEXT + f"additional_includes: {includes}\n")
    assert said in " ".join(one.text for one in found.problems)


def test_what_is_included_is_asked_for_with_the_folder() -> None:
    (need,) = definitions.read(TEXT + "code: src\nadditional_includes: [../lib, c.py]\n").needs
    assert (need.role, need.path, need.folder, need.includes) == (
        "code", "src + ../lib + c.py", "src", ("../lib", "c.py"),
    )  # fmt: skip
    (need,) = definitions.read(TEXT + "code: src\nadditional_includes: []\n").needs
    assert (need.path, need.folder, need.includes) == ("src", "", ())
    sealed = definitions.read(TEXT + "code: 'snapshot:aa'\nadditional_includes: [lib]\n")
    assert "the code here was sent before" in sealed.problems[0].text


def test_code_and_texts_have_to_be_sent(workspace: Workspace) -> None:
    text = TEXT + "code: ./src\nenvironment: {conda_file: env.yml}\n"
    with pytest.raises(InvalidComponent, match=r"env\.yml that it names was not sent"):
        services.register(actor=None, workspace=workspace, text=text)
    files = {"env.yml": "dependencies: [python=3.11]"}
    with pytest.raises(InvalidComponent, match="the folder of its code"):
        services.register(actor=None, workspace=workspace, text=text, files=files)
    blob = keep_bytes(workspace, b"code")
    snapshot = Snapshot.objects.create(workspace=workspace, digest=blob.sha256, manifest=[], size=4, blob=blob)
    made = services.register(actor=None, workspace=workspace, text=text, files=files, snapshot=snapshot.digest)
    assert made.snapshot == snapshot
    assert made.definition["environment"] == {"conda_file": {"dependencies": ["python=3.11"]}}


def test_names_labels_and_addresses_mean_a_version(workspace: Workspace) -> None:
    make_component(workspace)
    newest = make_component(workspace, text=TEXT.replace("max: 10", "max: 20"))
    for reference in (
        "azureml:scale:2",
        "azureml:scale@latest",
        "azureml:scale",
        "azureml://registries/azureml/components/scale/versions/2",
        "azureml://registries/azureml/components/scale/labels/latest",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/components/scale/versions/2",
    ):
        found = declared.find(workspace, reference)
        assert (found.version, found.kind) == (newest, "command")
    services.archive_version(actor=None, version=newest)
    assert declared.find(workspace, "azureml:scale@latest").reference == "azureml:scale:1"
    for reference, said in (("azureml:scale:7", "It has 2, 1"), ("azureml:scal:1", "Did you mean 'scale'?")):
        with pytest.raises(NotFound, match=said.replace("?", r"\?")):
            declared.find(workspace, reference)


def test_an_archived_or_deleted_version_is_told_at_the_nodes_that_name_it(workspace: Workspace) -> None:
    make_target(workspace, name="local")
    make_data(workspace)
    version = make_component(workspace)
    document = {"jobs": {"s": {"component": "azureml:scale:1", "inputs": {"data": "azureml:cars:1", "factor": 3}}}}
    assert checking.check(workspace, document) == []
    services.archive_version(actor=None, version=version)
    assert [(one.node, one.code) for one in checking.check(workspace, document)] == [("s", "archived_component")]
    services.delete_version(actor=None, version=version)
    found = checking.check(workspace, document)
    assert [(one.node, one.code) for one in found] == [("s", "unknown_component")]


def test_where_it_is_used_is_known_and_a_run_under_way_holds_it(people: People) -> None:
    version = make_component(people.workspace)
    node = {"type": "command", "component": "azureml:scale:1", "inputs": {}, "outputs": {}}
    make_pipeline(people.workspace, document={"type": "pipeline", "jobs": {"s": node}})
    assert [(use.label, use.holds) for use in uses.of([version])] == [("prices", False)]
    run = make_pipeline_run(people.workspace, actor=people.ben)
    row = run if isinstance(run, PipelineRun) else run.pipeline_run
    run = row.run
    type(row).objects.filter(pk=row.pk).update(document={**row.document, "pinned": {"azureml:scale:1": {}}})
    Run.objects.filter(pk=run.pk).update(state="running")
    with pytest.raises(Conflict) as refused:
        services.delete_version(actor=people.ben, version=version)
    assert refused.value.code == "component_in_use"


def test_the_studios_own_are_found_by_their_words() -> None:
    assert "atelier:split_data:1" in [one["reference"] for one in declared.own("split data")]


def test_a_declaration_says_ports_parameters_and_versions(workspace: Workspace) -> None:
    make_component(workspace)
    (scale,) = declared.at_newest(list(queries.components_in(workspace, words="multiplies")))
    assert scale["inputs"] == {"data": {"type": "uri_folder", "label": "Data", "description": "The tables"}}
    assert scale["parameters"]["factor"] == {
        "kind": "number",
        "label": "Factor",
        "default": 2,
        "minimum": 0,
        "maximum": 10,
    }
    assert (scale["versions"], scale["latest"]) == (["1"], "1")
