"""Images of the type onnx: what is asked for, what their build is made of, what is refused at once."""

from collections.abc import Callable

import pytest

from compute.building import queries as builds
from compute.jobs.models import Job
from registry.images import services
from registry.images.models import ImageVersion
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage.models import Blob
from tests.factories.images import finish, make_environment, make_image, make_model

pytestmark = pytest.mark.django_db
Code = Callable[..., Blob]
ONNX = ImageVersion.Type.ONNX


def test_a_model_is_converted_in_its_own_environment_and_served_in_another(workspace: Workspace) -> None:
    version = make_image(workspace, type=ONNX)
    plan = builds.plan_of(Job.objects.get(pk=version.job_id))
    assert plan is not None
    converter, conversion, environment, runtime, image = plan.stages
    assert converter.packages[0] == "scikit-learn==1.9.1"
    assert any(line.startswith("skl2onnx") for line in converter.packages)
    assert not any(line.startswith("onnxmltools") for line in converter.packages)
    assert conversion.script is not None
    assert {file.path for file in conversion.files if not file.unpack} == {
        "/model/MLmodel",
        "/model/model.pkl",
        "/model/requirements.txt",
    }
    assert {line.partition(">")[0] for line in environment.packages} == {"onnxruntime", "numpy"}
    assert runtime.base == "stage:environment"
    (file,) = image.files
    assert (file.made_by, file.path) == ("conversion", "/var/azureml-app/azureml-models/digits/1")


def test_both_types_of_one_model_are_two_versions(workspace: Workspace) -> None:
    model = make_model(workspace)
    plain, converted = make_image(workspace, models=[model]), make_image(workspace, models=[model], type=ONNX)
    assert plain.content_hash != converted.content_hash
    assert services.build(actor=None, workspace=workspace, models=[model], type=ONNX) == converted


def test_an_onnx_file_needs_nothing_of_its_library(workspace: Workspace) -> None:
    version = make_image(workspace, models=[make_model(workspace, files={"model.onnx": b"1"})], type=ONNX)
    assert version.environment is not None
    assert {line.partition(">")[0] for line in version.environment.definition["packages"]} == {"onnxruntime", "numpy"}


def test_what_the_conversion_found_out_is_kept(workspace: Workspace) -> None:
    said = {"compared": 5, "largest_difference": 1e-7, "sentence": "Converted, checked on 5 rows."}
    version = finish(make_image(workspace, type=ONNX), facts={"scripts": {"conversion": said}})
    assert version.facts["conversion"] == said


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"MLmodel": b"flavors:\n  catboost: {}\n", "requirements.txt": b"numpy\n"}, "is a model of catboost"),
        ({"weights.bin": b"1"}, "neither in MLflow's format"),
    ],
)
def test_what_can_not_be_converted_is_said_at_once(workspace: Workspace, files: dict[str, bytes], why: str) -> None:
    with pytest.raises(Invalid, match=why) as caught:
        make_image(workspace, models=[make_model(workspace, files=files)], type=ONNX)
    assert "the type docker" in caught.value.hint


def test_a_script_or_several_models_are_no_onnx_image(workspace: Workspace, code: Code) -> None:
    with pytest.raises(Invalid, match="takes no scoring script"):
        make_image(workspace, type=ONNX, code=code(), scoring_script="score.py")
    with pytest.raises(Invalid, match="holds one model"):
        make_image(workspace, models=[make_model(workspace), make_model(workspace, "b")], type=ONNX)


def test_a_pickle_is_converted_in_the_environment_that_is_named(workspace: Workspace) -> None:
    model = make_model(workspace, files={"model.pkl": b"1"})
    version = make_image(workspace, models=[model], environment=make_environment(workspace, "scikit-learn"), type=ONNX)
    assert version.type == ONNX
