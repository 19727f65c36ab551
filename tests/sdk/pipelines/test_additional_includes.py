"""`additional_includes` of a component: what lies beside its folder goes into its snapshot, under its own name."""

from pathlib import Path

import atelier
import pytest
from atelier import _cli, _errors, _includes

from runs.components.models import ComponentVersion
from runs.pipelines.models import PipelineRun
from runs.tracking.models import Snapshot
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, steps
from tests.people import People

COMPONENT = """
name: train
outputs: {model: {type: custom_model}}
command: python train.py ${{outputs.model}}
code: ./src
additional_includes: [../shared/lib, ../shared/common.py]
environment: {image: "python:3.11"}
"""
PIPELINE = """
type: pipeline
jobs:
  file: {component: ./train/component.yml}
  inline:
    component:
      command: python run.py
      outputs: {out: {type: uri_folder}}
      additional_includes: [train/src]
  plain:
    component:
      command: python train.py
      code: train/src
"""
WHOLE = ["common.py", "lib/__init__.py", "lib/deep/more.py", "train.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("train/src/train.py", "shared/lib/__init__.py", "shared/lib/deep/more.py", "shared/common.py"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    (tmp_path / "project/shared/lib/link.py").symlink_to("/etc/passwd")
    (tmp_path / "project/train/component.yml").write_text(COMPONENT)
    (tmp_path / "project/pipeline.yml").write_text(PIPELINE)
    return tmp_path / "project"


def paths(studio: People, digest: str) -> list[str]:
    return [entry["path"] for entry in Snapshot.objects.get(workspace=studio.workspace, digest=digest).manifest]


@pytest.mark.django_db(transaction=True)
def test_a_component_is_registered_with_what_it_includes(
    studio: People, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _cli.main(["component", "create", "-f", str(root / "train/component.yml")]) == 0
    assert "link.py was left out: it is a symbolic link" in capsys.readouterr().err
    made = ComponentVersion.objects.get()
    assert made.snapshot is not None
    assert paths(studio, made.snapshot.digest) == WHOLE
    assert (made.definition["code"], "additional_includes" in made.definition) == (".", False)
    (root / "shared/common.py").write_text("# other\n")
    again = atelier.Workspace().components.create(root / "train/component.yml")
    assert again["version"] == "2"


@pytest.mark.django_db(transaction=True)
def test_inline_components_of_a_pipeline_file_are_sent_with_theirs(studio: People, root: Path) -> None:
    make_target(studio.workspace, name="local")
    run = atelier.Workspace().submit(root / "pipeline.yml")
    row = PipelineRun.objects.get(pk=run.id)
    sent = row.document["sent"]
    assert paths(studio, sent["train/src + shared/lib + shared/common.py"]) == WHOLE
    assert paths(studio, sent[" + train/src"]) == ["src/train.py"]
    assert paths(studio, sent["train/src"]) == ["train.py"]
    advance(row.run)
    held = {path: step.run.job.spec["snapshot"] for path, step in steps(row.run).items() if step.run and step.run.job}
    assert {path: paths(studio, digest) for path, digest in held.items()} == {
        "file": WHOLE, "inline": ["src/train.py"], "plain": ["train.py"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("includes", "said"),
    [
        (["../shared/nowhere"], "names ../shared/nowhere, which does not exist"),
        (["../shared/lib/link.py"], "which is a symbolic link: name what it leads to"),
        (["../shared/train.py"], "the folder of the code has a train.py already"),
        (["../shared/common.py", "../other/common.py"], "the folder of the code has a common.py already"),
    ],
)
def test_what_can_not_be_included_is_told(root: Path, includes: list[str], said: str) -> None:
    for name in ("shared/train.py", "other/common.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("1\n")
    with pytest.raises(_errors.UsageError, match=said):
        _includes.gathered(root / "train", "src", includes)


def test_a_single_file_is_a_folder_of_code_too(root: Path) -> None:
    found = _includes.gathered(root, "train/src/train.py", ["shared/lib"])
    assert [file.path for file in found.files] == ["lib/__init__.py", "lib/deep/more.py", "train.py"]
