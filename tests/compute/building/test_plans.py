"""Plans: their JSON, their hashes, their tags."""

from dataclasses import replace

from compute.building.plans import Plan, PlanFile, Push, Script, Stage, stage_hash

FILE = PlanFile(sha256="a" * 64, path="/var/azureml-app/score.py")
ENVIRONMENT = Stage(name="environment", tag="atelier-env", python="3.11", packages=("numpy==2.1", "pandas"))
IMAGE = Stage(name="image", base="stage:environment", tag="vision/digits:1", files=(FILE,), ports=(5001,))
PLAN = Plan(stages=(ENVIRONMENT, IMAGE), push=Push(reference="registry:5000/vision/digits:1"))


def test_a_plan_survives_json() -> None:
    scripted = Stage(name="convert", base="stage:environment", script=Script(sha256="b" * 64, arguments=("--opset",)))
    plan = replace(PLAN, stages=(*PLAN.stages, scripted))
    assert Plan.from_json(plan.to_json()) == plan


def test_in_json_a_stage_may_stand_on_the_tag_of_an_earlier_one() -> None:
    rows = [{"name": "environment", "tag": "atelier-env:1", "from": ""}, {"name": "image", "from": "atelier-env:1"}]
    plan = Plan.from_json({"stages": rows, "push": None, "platform": None})
    assert (plan.last.below, plan.platform) == ("environment", "linux/amd64")


def test_a_tag_without_a_word_gets_the_hash_and_another_stays() -> None:
    tags = [stage.tag for stage in PLAN.tagged().stages]
    assert tags == [f"atelier-env:{stage_hash(ENVIRONMENT, {})[:32]}", "vision/digits:1"]


def test_a_registrys_port_is_no_tag() -> None:
    plan = Plan(stages=(replace(ENVIRONMENT, tag="registry:5000/env"),))
    assert plan.tagged().last.tag.startswith("registry:5000/env:")


def test_the_hash_tells_what_is_inside_and_not_what_it_is_called() -> None:
    other = replace(ENVIRONMENT, name="other", tag="x", packages=("pandas", "numpy==2.1"))
    assert stage_hash(other, {}) == stage_hash(ENVIRONMENT, {})
    assert stage_hash(replace(ENVIRONMENT, python="3.12"), {}) != stage_hash(ENVIRONMENT, {})
    secret = replace(ENVIRONMENT, index="https://me:secret@pypi.example/simple")
    assert stage_hash(secret, {}) == stage_hash(replace(ENVIRONMENT, index="https://pypi.example/simple"), {})


def test_a_stage_changes_with_the_one_below_it() -> None:
    other = replace(PLAN, stages=(replace(ENVIRONMENT, packages=("numpy==2.2",)), IMAGE))
    assert other.hashes()["image"] != PLAN.hashes()["image"]


def test_it_says_which_stored_files_it_needs() -> None:
    stage = replace(IMAGE, context="c" * 64, script=Script(sha256="d" * 64))
    assert Plan(stages=(stage,)).sha256s == {"a" * 64, "c" * 64, "d" * 64}
