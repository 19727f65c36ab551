"""Images: what is built, what is not built again, and what is refused."""

import io
from collections.abc import Callable

import pytest

from compute.building import queries as builds
from compute.building.plans import Plan
from compute.jobs import services as jobs
from compute.jobs import state as job_state
from compute.jobs.models import Job, JobState
from registry.images import asking, plans, queries, services, uses
from registry.images.models import Image, ImageVersion
from registry.mlmodels.services import versions as model_versions
from runs.tracking.services import artifacts
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity
from studio.errors import Conflict, Invalid, NotFound, StudioError
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from studio.notifications.models import Notification
from studio.secrets.connections import document
from studio.secrets.connections import services as connections
from studio.secrets.models import SecretUse
from studio.storage.models import Blob
from tests.factories import make_run
from tests.factories.images import DIGEST, MLFLOW, begin, finish, make_environment, make_image, make_model, ready_image

pytestmark = pytest.mark.django_db
State = ImageVersion.State
Code = Callable[..., Blob]


def plan_of(version: ImageVersion) -> Plan:
    found = builds.plan_of(Job.objects.get(pk=version.job_id))
    assert found is not None
    return found


def test_a_build_waits_with_a_job_an_activity_and_its_lineage(workspace: Workspace, ben: User) -> None:
    model = make_model(workspace)
    version = services.build(actor=ben, workspace=workspace, models=[model])
    assert (str(version), version.state, version.job.kind) == ("digits:1", State.QUEUED, "image_build")
    operation = Activity.objects.get(subject=version.subject)
    assert (operation.state, operation.url) == ("pending", version.get_absolute_url())
    (step,) = lineage.up(workspace, Thing("image_version", str(version.pk)))
    assert step.thing == Thing("model_version", str(model.pk))


def test_the_same_inputs_build_nothing(workspace: Workspace, ben: User) -> None:
    model = make_model(workspace)
    first = services.build(actor=ben, workspace=workspace, models=[model])
    assert services.build(actor=ben, workspace=workspace, models=[model]) == first
    finish(first)
    assert services.build(actor=ben, workspace=workspace, models=[model]) == first
    assert Job.objects.count() == 1


def test_other_inputs_are_another_version(workspace: Workspace, code: Code) -> None:
    model = make_model(workspace)
    made = [
        make_image(workspace, models=[model]),
        make_image(workspace, models=[model], environment=make_environment(workspace, "pandas")),
        make_image(workspace, models=[model], code=code(), scoring_script="score.py"),
        make_image(workspace, models=[make_model(workspace)]),
    ]
    assert [version.number for version in made] == [1, 2, 3, 4]
    assert len({version.content_hash for version in made}) == 4


def test_an_mlflow_model_brings_its_own_environment(workspace: Workspace) -> None:
    version = make_image(workspace)
    assert version.environment is not None
    assert version.environment.definition["packages"] == ["scikit-learn==1.9.1"]


def test_a_model_that_is_only_loaded_by_mlflow_brings_the_small_package(workspace: Workspace) -> None:
    files = {**MLFLOW, "requirements.txt": b"mlflow==3.17.2\nscikit-learn==1.9.1\nmlflow-extra==1\n"}
    version = make_image(workspace, models=[make_model(workspace, files=files)])
    assert version.environment is not None
    packages = version.environment.definition["packages"]
    assert packages == ["mlflow-skinny==3.17.2", "scikit-learn==1.9.1", "mlflow-extra==1", "pandas", "skops"]


def test_a_model_of_its_own_python_keeps_the_whole_of_mlflow(workspace: Workspace) -> None:
    manual = b"flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n"
    files = {"MLmodel": manual, "requirements.txt": b"mlflow==3.17.2\n"}
    version = make_image(workspace, models=[make_model(workspace, files=files)])
    assert version.environment is not None
    assert version.environment.definition["packages"] == ["mlflow==3.17.2"]


def test_an_mlflow_model_with_a_conda_file_alone_is_read_too(workspace: Workspace) -> None:
    conda = b"dependencies:\n- python=3.11.4\n- pip\n- pip:\n  - scikit-learn==1.9.1\n"
    model = make_model(workspace, files={"m/MLmodel": b"flavors: {}\n", "m/conda.yaml": conda})
    version = make_image(workspace, models=[model])
    assert version.environment is not None
    assert version.environment.definition["python"] == "3.11"


def test_the_plan_puts_everything_where_azure_has_it(workspace: Workspace, code: Code) -> None:
    model = make_model(workspace)
    folder = code(src__score="pass", **{"src__score.py": "pass"})
    version = make_image(workspace, models=[model], code=folder, scoring_script="src/score.py")
    environment, runtime, image = plan_of(version).stages
    assert (runtime.base, runtime.packages_at) == ("stage:environment", "/opt/atelier/runtime")
    assert environment.packages == ("scikit-learn==1.9.1",)
    assert image.environment["AZUREML_MODEL_DIR"] == "/var/azureml-app/azureml-models/digits/1"
    assert image.environment["AZUREML_ENTRY_SCRIPT"] == "src/score.py"
    assert {file.path for file in image.files} == {
        "/var/azureml-app",
        *(f"/var/azureml-app/azureml-models/digits/1/{name}" for name in ("MLmodel", "model.pkl", "requirements.txt")),
    }
    assert (image.user, image.ports, image.command) == ("10001", (5001,), ("python", "-m", "atelier.serving"))
    assert image.labels["io.atelier.models"] == "digits:1"
    assert image.labels["org.opencontainers.image.revision"] == version.content_hash


def test_the_reference_is_made_of_the_contents(workspace: Workspace) -> None:
    version = make_image(workspace)
    assert plan_of(version).last.tag == f"localhost/{workspace.slug}/digits:1-{version.content_hash[:12]}"
    assert plan_of(version).push is None
    assert plans.reference_of(version, host="127.0.0.1:5000").startswith("127.0.0.1:5000/")


def test_several_models_lie_side_by_side(workspace: Workspace, code: Code) -> None:
    models = [make_model(workspace, "a"), make_model(workspace, "b")]
    version = make_image(workspace, models=models, code=code(), scoring_script="score.py", name="both")
    image = plan_of(version).last
    assert image.environment["AZUREML_MODEL_DIR"] == "/var/azureml-app/azureml-models"
    assert "/var/azureml-app/azureml-models/b/1/MLmodel" in {file.path for file in image.files}


def test_an_environment_with_a_server_of_its_own_gets_no_runtime(workspace: Workspace) -> None:
    routes = {"scoring_route": {"port": 8080, "path": "/predict"}}
    environment = asking.environment_of(workspace, {"image": "python:3.11", "inference_config": routes})
    model = make_model(workspace, files={"weights.bin": b"1"})
    plan = plan_of(make_image(workspace, models=[model], environment=environment))
    assert [stage.name for stage in plan.stages] == ["environment", "image"]
    assert plan.last.command == ()


@pytest.mark.parametrize(
    "name", ["../escape", "Upper", "a//b", "", "-dash", "a..b", "ws/name", "a" * 101, "née", "a b", "x\n"]
)  # fmt: skip
def test_a_name_that_registries_refuse_is_refused(workspace: Workspace, name: str) -> None:
    model = make_model(workspace)
    if not name:
        assert make_image(workspace, models=[model]).image.name == "digits"
        return
    with pytest.raises(Invalid) as caught:
        make_image(workspace, models=[model], name=name)
    assert caught.value.code == "bad_image_name"
    assert not Image.objects.exists()


def refused(workspace: Workspace, **asked: object) -> str:
    with pytest.raises(StudioError) as caught:
        make_image(workspace, **asked)
    assert not Image.objects.exists()
    return caught.value.message


def test_a_pickle_without_a_script_is_refused(workspace: Workspace) -> None:
    model = make_model(workspace, files={"model.pkl": b"1"})
    assert "a scoring script must say how it is asked" in refused(workspace, models=[model])


def test_a_pickle_with_a_script_needs_an_environment(workspace: Workspace, code: Code) -> None:
    model = make_model(workspace, files={"model.pkl": b"1"})
    assert "which environment" in refused(workspace, models=[model], code=code(), scoring_script="score.py")
    version = make_image(
        workspace, models=[model], code=code(), scoring_script="score.py", environment=make_environment(workspace)
    )  # fmt: skip
    assert version.state == State.QUEUED


def test_a_pickle_that_a_run_made_brings_what_the_run_ran_in(workspace: Workspace, code: Code) -> None:
    ran_in = make_environment(workspace, "scikit-learn==1.9.*")
    parent = make_run(workspace, environment=ran_in)
    child = make_run(workspace, parent=parent)
    for run in (parent, child):  # a child is part of the same script
        artifacts.put_artifact(actor=None, run=run, path="model.pkl", stream=io.BytesIO(b"1"))
        new = model_versions.NewVersion(source=f"runs:/{run.pk}")
        model = model_versions.register_version(actor=None, workspace=workspace, name=run.name, new=new)
        version = make_image(workspace, models=[model], code=code(), scoring_script="score.py")
        assert version.environment == ran_in


def test_an_onnx_file_needs_no_script(workspace: Workspace) -> None:
    version = make_image(workspace, models=[make_model(workspace, files={"model.onnx": b"1"})])
    assert version.environment is not None
    assert any(name.startswith("onnxruntime") for name in version.environment.definition["packages"])


def test_a_script_that_needs_no_model_is_an_image_of_its_own(workspace: Workspace, code: Code) -> None:
    version = make_image(workspace, models=[], code=code(), scoring_script="score.py", name="alike")
    assert version.environment is not None
    assert any(name.startswith("numpy") for name in version.environment.definition["packages"])
    image = plan_of(version).last
    assert {file.path for file in image.files} == {"/var/azureml-app"}
    assert "AZUREML_MODEL_DIR" not in image.environment
    assert image.labels["org.opencontainers.image.description"] == "Serves score.py"
    assert services.build(
        actor=None, workspace=workspace, models=[], code=code(), scoring_script="score.py", name="alike"
    ) == version  # fmt: skip


def test_an_image_without_a_model_needs_a_name(workspace: Workspace, code: Code) -> None:
    assert "needs a name" in refused(workspace, models=[], code=code(), scoring_script="score.py")


def test_what_can_not_be_built_is_said_in_a_sentence(workspace: Workspace, code: Code) -> None:
    model = make_model(workspace)
    assert "no Python file" in refused(workspace, models=[model], code=code(), scoring_script="README.md")
    assert "no file 'other.py'" in refused(workspace, models=[model], code=code(), scoring_script="other.py")
    assert "needs a model or a scoring script" in refused(workspace, models=[], name="none")
    assert "has no files here" in refused(workspace, models=[make_model(workspace, "far", files={})])
    assert "Several models" in refused(workspace, models=[model, make_model(workspace, "b")])
    assert "is none" in refused(workspace, models=[model], type="tar")
    assert "not allowed" in refused(workspace, models=[model], base="evil.example/miner:latest")
    assert "no image name" in refused(workspace, models=[model], base="../../etc")
    model_versions.archive_version(actor=None, version=model)
    assert "archived" in refused(workspace, models=[model])


def test_a_script_outside_its_folder_is_refused(workspace: Workspace, code: Code) -> None:
    message = refused(workspace, models=[make_model(workspace)], code=code(), scoring_script="../score.py")
    assert message


def test_an_answer_makes_the_version_ready(workspace: Workspace, ben: User) -> None:
    version = make_image(workspace, actor=ben)
    begin(version)
    assert version.state == State.BUILDING
    finish(version)
    assert (version.state, version.digest, version.size) == (State.READY, DIGEST, 250_000_000)
    assert [each["name"] for each in version.packages] == ["numpy", "scikit-learn"]
    assert version.sbom is not None
    assert version.facts["stages"][0]["reused"] is True
    assert Activity.objects.get(subject=version.subject).state == "succeeded"
    assert Notification.objects.get(user=ben).text == "digits:1 is ready"


def test_a_failed_build_says_why_and_is_tried_again(workspace: Workspace, ben: User) -> None:
    version = make_image(workspace, actor=ben)
    job = begin(version)
    job_state.move(job, to=JobState.FAILED, message="No package foo.")
    version.refresh_from_db()
    assert (version.state, version.problem) == (State.FAILED, "No package foo.")
    services.retry(actor=ben, version=version)
    version.refresh_from_db()
    assert (version.state, version.attempt, version.problem) == (State.QUEUED, 2, "")
    assert version.job_id != job.pk
    assert finish(version).state == State.READY
    with pytest.raises(Conflict):
        services.retry(actor=ben, version=version)


def test_an_image_that_was_pruned_is_built_again(workspace: Workspace, ben: User) -> None:
    version = ready_image(workspace, actor=ben)
    services.rebuild(actor=None, version=version)
    assert (version.state, version.attempt) == (State.QUEUED, 2)
    with pytest.raises(Conflict):
        services.rebuild(actor=None, version=version)
    assert finish(version).state == State.READY


def test_a_late_word_of_an_old_attempt_changes_nothing(workspace: Workspace) -> None:
    version = make_image(workspace)
    old = begin(version)
    job_state.move(old, to=JobState.FAILED, message="gone")
    version.refresh_from_db()
    services.retry(actor=None, version=version)
    ImageVersion.objects.get(pk=version.pk)
    assert not ImageVersion.objects.filter(job=old).exists()


def test_a_retry_finds_that_somebody_built_the_same_meanwhile(workspace: Workspace) -> None:
    model = make_model(workspace)
    version = make_image(workspace, models=[model])
    services.cancel(actor=None, version=version)
    other = make_image(workspace, models=[model])
    assert other.number == 2
    version.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        services.retry(actor=None, version=version)
    assert caught.value.code == "image_exists"
    version.refresh_from_db()
    assert (version.state, version.attempt) == (State.CANCELED, 1)


def test_a_waiting_build_is_canceled_at_once(workspace: Workspace) -> None:
    version = services.cancel(actor=None, version=make_image(workspace))
    assert version.state == State.CANCELED
    with pytest.raises(Conflict):
        services.cancel(actor=None, version=version)


def test_a_job_that_goes_back_to_the_queue_takes_its_version_along(workspace: Workspace) -> None:
    version = make_image(workspace)
    job = Job.objects.get(pk=version.job_id)
    job_state.move(job, to=JobState.PREPARING, is_new_attempt=True)
    job_state.move(job, to=JobState.QUEUED)
    version.refresh_from_db()
    assert version.state == State.QUEUED


def test_a_job_that_completes_without_an_answer_fails_its_version(workspace: Workspace) -> None:
    version = make_image(workspace)
    job = begin(version)
    jobs.finish(job=job, attempt=job.attempt, exit_code=0)
    version.refresh_from_db()
    assert version.state == State.FAILED
    assert version.problem


def test_a_model_in_an_image_can_not_be_deleted(workspace: Workspace) -> None:
    model = make_model(workspace)
    version = ready_image(workspace, models=[model])
    with pytest.raises(Conflict) as caught:
        model_versions.delete_version(actor=None, version=model)
    assert "The image digits:1 holds digits 1." in caught.value.message
    services.delete_version(actor=None, version=version)
    model_versions.delete_version(actor=None, version=model)


def test_a_used_version_is_not_deleted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    version = ready_image(workspace)
    monkeypatch.setattr(uses, "_asked", [lambda versions: ["The deployment digits/blue runs digits:1."]])
    with pytest.raises(Conflict) as caught:
        services.delete_version(actor=None, version=version)
    assert (caught.value.code, "digits/blue" in caught.value.message) == ("image_in_use", True)
    with pytest.raises(Conflict):
        services.delete_image(actor=None, image=version.image)


def test_a_version_being_built_is_not_deleted(workspace: Workspace) -> None:
    with pytest.raises(Conflict) as caught:
        services.delete_version(actor=None, version=make_image(workspace))
    assert caught.value.code == "image_building"


def test_deleting_lets_the_lineage_go(workspace: Workspace) -> None:
    version = ready_image(workspace)
    thing = Thing("image_version", str(version.pk))
    services.delete_image(actor=None, image=version.image)
    assert not lineage.up(workspace, thing)
    assert not Image.objects.exists()


def test_a_number_is_not_given_again(workspace: Workspace) -> None:
    model = make_model(workspace)
    services.delete_version(actor=None, version=ready_image(workspace, models=[model]))
    assert make_image(workspace, models=[model]).number == 2


def test_a_word_leads_to_one_version(workspace: Workspace) -> None:
    first, second = ready_image(workspace), ready_image(workspace, models=[make_model(workspace)])
    services.set_tag(actor=None, version=first, word="stable")
    services.set_tag(actor=None, version=second, word="stable")
    assert queries.find(workspace, "digits:stable") == second
    services.delete_tag(actor=None, image=first.image, word="stable")
    with pytest.raises(NotFound):
        queries.find(workspace, "digits:stable")


@pytest.mark.parametrize("word", ["latest", "3", "3-0a1b2c3d4e5f", "a b", "", "-x", "x" * 101])
def test_a_word_that_means_something_else_is_refused(workspace: Workspace, word: str) -> None:
    with pytest.raises(Invalid):
        services.set_tag(actor=None, version=make_image(workspace), word=word)


def test_versions_are_found_by_every_name_they_have(workspace: Workspace) -> None:
    ready = ready_image(workspace)
    waiting = make_image(workspace, models=[make_model(workspace)])
    for ref in ("digits:1", "digits", "digits@latest", "azureml:digits:1", f"digits:1-{ready.content_hash[:12]}"):
        assert queries.find(workspace, ref) == ready
    assert queries.find(workspace, "digits:2") == waiting
    for ref in ("digits:3", "other", f"digits:2-{ready.content_hash[:12]}", "digits:99999999999999"):
        with pytest.raises(NotFound):
            queries.find(workspace, ref)
    with pytest.raises(Conflict):
        queries.require_ready(waiting)


def test_another_registry_is_opened_by_its_connection_for_the_build_alone(workspace: Workspace, ben: User) -> None:
    connection = connections.create_connection(
        actor=ben,
        workspace=workspace,
        definition=document.read(
            {
                "name": "team-registry",
                "type": "container_registry",
                "target": "https://registry.example/team",
                "credentials": {"type": "username_password", "username": "robot", "password": "canary-pass"},
            }
        ),
    )
    version = make_image(workspace, connection=connection)
    plan, job = plan_of(version), Job.objects.get(pk=version.job_id)
    assert plan.push is not None
    assert plan.push.reference.startswith(f"registry.example/team/{workspace.slug}/digits:1-")
    assert "canary-pass" not in str(plan.to_json()) + str(job.spec)
    from compute.building import handlers

    assert handlers.of("image_build").credentials(job, plan) == {"username": "robot", "password": "canary-pass"}
    assert SecretUse.objects.get().user_id == str(job.pk)


def test_a_connection_of_another_kind_is_no_registry(workspace: Workspace, ben: User) -> None:
    connection = connections.create_connection(
        actor=ben,
        workspace=workspace,
        definition=document.read({"name": "f", "type": "api_key", "target": "https://x.example/", "api_key": "k"}),
    )
    assert "no container registry" in refused(workspace, connection=connection)
