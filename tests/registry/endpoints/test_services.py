"""Endpoints and deployments: made, given traffic, rolled back, deleted; and every refusal with its sentence."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from docker.errors import ImageNotFound

from compute.engines.models import Engine
from registry.endpoints import keys, queries, services, state, tokens
from registry.endpoints.deployers import images
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.mlmodels.services import models as registered
from registry.mlmodels.services import versions
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.factories.endpoints import (
    go_live,
    make_code,
    make_deployment,
    make_endpoint,
    make_model_version,
    new_deployment,
)
from tests.factories.images import ready_image

pytestmark = pytest.mark.django_db


class EmptyEngine:
    """A Docker engine's images after somebody has pruned them."""

    def get(self, reference: str) -> None:
        raise ImageNotFound(f"No such image: {reference}")


@pytest.fixture
def endpoint(workspace: Workspace, ben: User) -> Endpoint:
    return make_endpoint(workspace, actor=ben)


class TestEndpoints:
    def test_an_endpoint_has_two_keys_that_only_open_with_the_workspaces_key(self, endpoint: Endpoint) -> None:
        found = keys.both(endpoint)
        assert found.primary != found.secondary
        assert found.primary not in endpoint.primary_key
        assert endpoint.primary_hash == keys.hash_of(found.primary)

    def test_a_name_is_given_once_a_workspace(self, endpoint: Endpoint, workspace: Workspace, people: Any) -> None:
        with pytest.raises(Conflict, match="There is an endpoint scoring already"):
            make_endpoint(workspace)
        assert make_endpoint(people.elsewhere).name == "scoring"

    @pytest.mark.parametrize("name", ["", "1abc", "a_b", "a-", "a/../b", "x" * 33, "new", "Check", None, "ä"])
    def test_a_name_that_no_address_could_hold_is_refused(self, workspace: Workspace, name: Any) -> None:
        with pytest.raises(Invalid):
            make_endpoint(workspace, name)

    def test_azures_words_for_access_are_read_in_any_case(self, workspace: Workspace) -> None:
        assert make_endpoint(workspace, "a", auth_mode="Key").auth_mode == "key"
        assert make_endpoint(workspace, "b", auth_mode="AAD_token").auth_mode == "aml_token"
        with pytest.raises(Invalid, match="no auth_mode"):
            make_endpoint(workspace, "c", auth_mode="none")

    def test_an_edit_counts_a_generation(self, endpoint: Endpoint, ben: User) -> None:
        before = endpoint.generation
        services.edit_endpoint(actor=ben, endpoint=endpoint, description="Iris", tags={"team": 7})
        assert (endpoint.description, endpoint.tags) == ("Iris", {"team": "7"})
        assert endpoint.generation == before + 1

    def test_an_endpoint_without_deployments_is_gone_at_once(self, endpoint: Endpoint, ben: User) -> None:
        services.delete_endpoint(actor=ben, endpoint=endpoint)
        assert not Endpoint.objects.filter(pk=endpoint.pk).exists()

    def test_an_endpoint_goes_after_its_deployments(self, endpoint: Endpoint, ben: User) -> None:
        make_deployment(endpoint)
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100})
        services.delete_endpoint(actor=ben, endpoint=endpoint)
        endpoint.refresh_from_db()
        assert (endpoint.is_deleting, endpoint.traffic) == (True, {})
        assert endpoint.deployments.get().state == Deployment.State.DELETING
        with pytest.raises(Conflict, match="is being deleted"):
            services.edit_endpoint(actor=ben, endpoint=endpoint, description="x")


class TestKeys:
    def test_a_new_key_replaces_one_and_leaves_the_other(self, endpoint: Endpoint, ben: User) -> None:
        before = services.keys(actor=ben, endpoint=endpoint)
        after = services.regenerate_key(actor=ben, endpoint=endpoint, which="primary")
        assert (after.primary != before.primary, after.secondary) == (True, before.secondary)
        assert Event.objects.filter(verb="endpoint.keys_shown").exists()
        with pytest.raises(Invalid, match="no key"):
            services.regenerate_key(actor=ben, endpoint=endpoint, which="third")

    def test_a_token_is_for_one_endpoint_and_a_time(self, endpoint: Endpoint, workspace: Workspace, ben: User) -> None:
        token = services.issue_token(actor=ben, endpoint=endpoint, seconds=60).access_token
        secret, now = keys.token_secret(endpoint), timezone.now().timestamp()
        assert tokens.is_valid(token, endpoint_id=endpoint.pk, secret=secret, now=now)
        assert not tokens.is_valid(token, endpoint_id=endpoint.pk, secret=secret, now=now + 61)
        other = make_endpoint(workspace, "other")
        assert not tokens.is_valid(token, endpoint_id=other.pk, secret=keys.token_secret(other), now=now)
        assert not tokens.is_valid(token[:-2] + "AA", endpoint_id=endpoint.pk, secret=secret, now=now)
        services.regenerate_key(actor=ben, endpoint=endpoint, which="primary")
        assert not tokens.is_valid(token, endpoint_id=endpoint.pk, secret=keys.token_secret(endpoint), now=now)

    def test_a_token_is_for_a_day_at_most(self, endpoint: Endpoint, ben: User) -> None:
        with pytest.raises(Invalid, match="60 to 86,400"):
            services.issue_token(actor=ben, endpoint=endpoint, seconds=86_401)


class TestTraffic:
    @pytest.fixture(autouse=True)
    def deployments(self, endpoint: Endpoint) -> None:
        make_deployment(endpoint, "blue")
        make_deployment(endpoint, "green")
        make_deployment(endpoint, "red", is_live=False)

    @pytest.mark.parametrize(
        ("traffic", "why"),
        [
            ({"blue": 90}, "sum to 90"),
            ({"blue": 60, "green": 60}, "sum to 120"),
            ({"blue": 101}, "0 to 100"),
            ({"blue": -1, "green": 101}, "0 to 100"),
            ({"blue": True}, "0 to 100"),
            ({"blue": 50.0, "green": 50.0}, "0 to 100"),
            ({"grey": 100}, "no deployment 'grey'"),
            ([1], "a mapping"),
        ],
    )
    def test_shares_that_do_not_fit_are_refused(self, endpoint: Endpoint, ben: User, traffic: Any, why: str) -> None:
        with pytest.raises(Invalid, match=why):
            services.set_traffic(actor=ben, endpoint=endpoint, traffic=traffic)
        endpoint.refresh_from_db()
        assert endpoint.traffic == {}

    def test_a_deployment_that_was_never_ready_gets_nothing(self, endpoint: Endpoint, ben: User) -> None:
        with pytest.raises(Conflict, match="red can't answer yet: it is Creating"):
            services.set_traffic(actor=ben, endpoint=endpoint, traffic={"red": 100})

    def test_shares_are_set_and_taken_back(self, endpoint: Endpoint, ben: User) -> None:
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100, "green": 0})
        with pytest.raises(Conflict, match="not been changed yet"):
            services.roll_back(actor=ben, endpoint=endpoint)
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 90, "green": 10})
        assert endpoint.previous_traffic == {"blue": 100}
        services.roll_back(actor=ben, endpoint=endpoint)
        assert (endpoint.traffic, endpoint.previous_traffic) == ({"blue": 100}, {"blue": 90, "green": 10})
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={})
        assert endpoint.traffic == {}

    def test_the_same_shares_again_change_nothing(self, endpoint: Endpoint, ben: User) -> None:
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100})
        before = endpoint.generation
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100})
        assert (endpoint.generation, endpoint.previous_traffic) == (before, {})

    @pytest.mark.parametrize(
        ("mirror", "why"),
        [
            ({"green": 51}, "0 to 50"),
            ({"blue": 10}, "gets traffic"),
            ({"green": 1, "grey": 1}, "no deployment"),
        ],
    )
    def test_mirroring_that_does_not_fit_is_refused(self, endpoint: Endpoint, ben: User, mirror: Any, why: str) -> None:
        with pytest.raises(Invalid, match=why):
            services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100}, mirror=mirror)

    def test_requests_are_mirrored_to_one_only(self, endpoint: Endpoint, ben: User) -> None:
        make_deployment(endpoint, "pink")
        with pytest.raises(Invalid, match="one deployment only"):
            services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100}, mirror={"green": 1, "pink": 1})

    def test_mirroring_ends_when_its_deployment_answers_for_real(self, endpoint: Endpoint, ben: User) -> None:
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100}, mirror={"green": 10})
        assert endpoint.mirror_traffic == {"green": 10}
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 90, "green": 10})
        assert endpoint.mirror_traffic == {}


class TestDeploying:
    def test_everything_is_kept_with_the_revision(self, endpoint: Endpoint, workspace: Workspace, ben: User) -> None:
        version = make_model_version(workspace)
        made = make_deployment(
            endpoint, actor=ben, is_live=False, model="azureml:iris@latest", code=make_code(workspace).sha256,
            scoring_script="score.py", instance_type="Standard_F4s_v2", instance_count=2,
            environment_variables={"LEVEL": 3, "FAST": True}, request_settings={"request_timeout_ms": 3000},
        )  # fmt: skip
        revision = made.wanted
        assert revision is not None
        assert (revision.model_version, revision.scoring_script, made.instance_count) == (version, "score.py", 2)
        assert revision.spec["environment_variables"] == {"LEVEL": "3", "FAST": "true"}
        assert revision.spec["resources"] == {"cpu": 4.0, "memory": 8 * 1024**3, "gpu": 0}
        assert revision.spec["request_settings"]["request_timeout_ms"] == 3000
        assert (made.state, made.deployer) == ("Creating", "local")
        assert Activity.objects.get(subject=made.subject).state == "pending"

    def test_the_lineage_leads_both_ways(self, endpoint: Endpoint, workspace: Workspace, ben: User) -> None:
        version = make_model_version(workspace)
        code = make_code(workspace).sha256
        made = make_deployment(endpoint, actor=ben, model="iris:1", code=code, scoring_script="score.py")
        down = lineage.down(workspace, Thing("model_version", str(version.pk)))
        assert [step.thing for step in down] == [Thing("deployment", str(made.pk))]
        up = lineage.up(workspace, Thing("endpoint", str(endpoint.pk)))
        assert Thing("deployment", str(made.pk)) in {step.thing for step in up}

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            ({"model": "nothing:1"}, "no model 'nothing'"),
            ({"model": "iris:9"}, "no version"),
            ({"model": "iris:1:2:3"}, "names no model"),
            ({"model": 7}, "name of a registered version"),
            ({"model": {"path": "../model"}}, "did not come along"),
            ({"code": "a" * 64, "scoring_script": "score.py"}, "no folder"),
            ({"scoring_script": "gone.py"}, "no file 'gone.py'"),
            ({"scoring_script": "../x.py"}, "can't be used"),
            ({"scoring_script": ""}, "which file of the code"),
            ({"environment": "no-such-environment"}, "environment"),
            ({"image": "none:1"}, "no image"),
            ({"deployer": "moon"}, "moon"),
            ({"instance_count": 0}, "1 to 20"),
            ({"instance_count": "2"}, "1 to 20"),
            ({"instance_type": "a b"}, "no machine size"),
            ({"request_settings": {"request_timeout_ms": 0}}, "request_timeout_ms"),
            ({"request_settings": {"speed": 1}}, "knows no 'speed'"),
            ({"liveness_probe": {"period": -1}}, "liveness_probe.period"),
            ({"readiness_probe": 3}, "a mapping"),
            ({"resources": {"limits": {"memory": "lots"}}}, "size of memory"),
            ({"resources": {"limits": {"cpu": "-1"}}}, "number of CPUs"),
            ({"environment_variables": {"A=B": "1"}}, "no name of an environment variable"),
            ({"environment_variables": {"AZUREML_MODEL_DIR": "/x"}}, "set by the studio"),
            ({"scale_settings": {"type": "magic"}}, "no rule of the type"),
            ({"scale_settings": {"type": "target_concurrency", "min": 3, "max": 2}}, "more than max_instances"),
            ({"data_collector": {"sampling_rate": 2, "collections": {}}}, "0 to 1"),
        ],
    )
    def test_what_can_not_be_deployed_is_refused_and_nothing_is_written(
        self, endpoint: Endpoint, workspace: Workspace, ben: User, asked: dict[str, Any], why: str
    ) -> None:
        make_model_version(workspace)
        given = {"code": make_code(workspace).sha256, "scoring_script": "score.py", **asked}
        with pytest.raises((Invalid, NotFound, Conflict), match=why):
            make_deployment(endpoint, actor=ben, **given)
        assert not Deployment.objects.exists()
        assert not Activity.objects.filter(kind="deployment").exists()

    def test_a_plain_model_needs_a_script(self, endpoint: Endpoint, workspace: Workspace) -> None:
        make_model_version(workspace)
        with pytest.raises(Invalid, match="scoring script"):
            make_deployment(endpoint, model="iris:1", code="", scoring_script="")

    def test_there_must_be_something_to_deploy(self, endpoint: Endpoint) -> None:
        with pytest.raises(Invalid, match="nothing to deploy"):
            make_deployment(endpoint, code="", scoring_script="")

    def test_a_version_without_files_is_refused(self, endpoint: Endpoint, workspace: Workspace) -> None:
        new = versions.NewVersion(source="s3://elsewhere/x")
        versions.register_version(actor=None, workspace=workspace, name="iris", new=new)
        with pytest.raises(Invalid, match="no files here"):
            make_deployment(endpoint, model="iris:1", code=make_code(workspace).sha256, scoring_script="score.py")

    def test_a_folder_that_came_along_is_registered_with_the_deployment(
        self, endpoint: Endpoint, workspace: Workspace, ben: User
    ) -> None:
        folder = make_code(workspace, {"model.pkl": "weights", "more/labels.txt": "a b"})
        made = make_deployment(
            endpoint, actor=ben, is_live=False, model={"path": "../model/"}, folders={"model": folder.sha256},
            code=make_code(workspace).sha256, scoring_script="score.py",
        )  # fmt: skip
        version = made.wanted.model_version  # type: ignore[union-attr]
        assert str(version) == "scoring-blue 1"
        assert sorted(version.files.values_list("path", flat=True)) == ["model/model.pkl", "model/more/labels.txt"]

    def test_a_container_is_chosen_where_there_is_an_engine(self, endpoint: Endpoint, workspace: Workspace) -> None:
        make_model_version(workspace, files={"MLmodel": b"flavors: {}", "requirements.txt": b"numpy"})
        new = new_deployment(workspace, model="iris:1", code="", scoring_script="", deployer="")
        check = services.check_deployment(actor=None, endpoint=endpoint, name="blue", new=new)
        assert check.deployer == "local"
        Engine.objects.update_or_create(address="", defaults={"state": "up", "checked_at": timezone.now()})
        check = services.check_deployment(actor=None, endpoint=endpoint, name="blue", new=new)
        assert check.deployer == "docker"

    def test_a_script_without_a_model_is_a_container_too(self, endpoint: Endpoint) -> None:
        made = make_deployment(endpoint, is_live=False, deployer="docker")
        assert made.wanted is not None
        assert made.wanted.environment is not None
        assert any(each.startswith("numpy") for each in made.wanted.environment.definition["packages"])
        version, going_on = images.of(made.wanted)
        assert (version, going_on) == (None, "The image scoring-blue:1 is being built.")
        assert made.wanted.image_version.model_versions.count() == 0  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("variables", "settings", "at_once"),
        [
            ({"ATELIER_SERVING_BATCH_ROWS": 16}, {}, 16),
            ({"ATELIER_SERVING_BATCH_MS": 2}, None, 64),
            ({"ATELIER_SERVING_BATCH_ROWS": 16}, {"max_concurrent_requests_per_instance": 4}, 4),
            ({"ATELIER_SERVING_BATCH_ROWS": "many"}, {}, 1),
            ({}, {}, 1),
        ],
    )
    def test_where_requests_are_joined_that_many_reach_an_instance(
        self, endpoint: Endpoint, variables: dict[str, Any], settings: Any, at_once: int
    ) -> None:
        new = new_deployment(endpoint.workspace, environment_variables=variables, request_settings=settings)
        check = services.check_deployment(actor=None, endpoint=endpoint, name="blue", new=new)
        assert check.spec["request_settings"]["max_concurrent_requests_per_instance"] == at_once

    def test_an_image_that_is_nowhere_any_more_is_built_again(self, workspace: Workspace) -> None:
        version = ready_image(workspace)
        engine: Any = SimpleNamespace(images=EmptyEngine())
        said = images.bring(engine, version)
        assert said.endswith("any more: it is being built again.")
        version.refresh_from_db()
        assert (version.state, version.attempt) == ("queued", 2)
        assert images.bring(engine, version) == said

    def test_a_newer_wish_takes_the_place_of_one_on_its_way(self, endpoint: Endpoint, workspace: Workspace) -> None:
        first = make_deployment(endpoint, is_live=False).wanted
        second = make_deployment(endpoint, is_live=False)
        assert first is not None
        first.refresh_from_db()
        assert (first.state, second.wanted.number) == ("retired", 2)  # type: ignore[union-attr]
        assert Activity.objects.filter(kind="deployment").count() == 1


class TestChanging:
    def test_a_restart_is_the_same_as_a_new_revision(self, endpoint: Endpoint, ben: User) -> None:
        made = make_deployment(endpoint)
        services.restart(actor=ben, deployment=made)
        made.refresh_from_db()
        assert (made.state, made.current.number, made.wanted.number) == ("Updating", 1, 2)  # type: ignore[union-attr]
        assert made.wanted.code == made.current.code  # type: ignore[union-attr]

    def test_what_never_ran_can_not_be_restarted(self, endpoint: Endpoint, ben: User) -> None:
        with pytest.raises(Conflict, match="runs nothing"):
            services.restart(actor=ben, deployment=make_deployment(endpoint, is_live=False))

    def test_an_earlier_revision_comes_back_as_a_new_one(
        self, endpoint: Endpoint, workspace: Workspace, ben: User
    ) -> None:
        made = make_deployment(endpoint)
        made = make_deployment(endpoint, environment_variables={"LEVEL": "2"})
        first = queries.revision_at(made, "1")
        services.roll_back_revision(actor=ben, deployment=made, revision=first)
        made.refresh_from_db()
        assert made.wanted.number == 3  # type: ignore[union-attr]
        assert made.wanted.spec["environment_variables"] == {}  # type: ignore[union-attr]

    def test_there_is_no_way_back_to_what_never_ran_or_runs(self, endpoint: Endpoint, ben: User) -> None:
        made = make_deployment(endpoint)
        with pytest.raises(Conflict, match="what runs already"):
            services.roll_back_revision(actor=ben, deployment=made, revision=made.current)  # type: ignore[arg-type]
        other = make_deployment(endpoint, "green", is_live=False)
        with pytest.raises(Conflict, match="never got ready"):
            services.roll_back_revision(actor=ben, deployment=other, revision=other.wanted)  # type: ignore[arg-type]

    def test_scaling_takes_a_number_or_a_rule(self, endpoint: Endpoint, ben: User) -> None:
        made = make_deployment(endpoint)
        services.scale(actor=ben, deployment=made, count=3)
        assert (made.state, made.instance_count) == ("Scaling", 3)
        services.scale(actor=ben, deployment=made, rule={"type": "target_concurrency", "target": 4, "min": 0, "max": 2})
        assert (made.instance_count, made.scale["max"]) == (2, 2)
        for wrong in ({"count": 0}, {"count": 21}, {}, {"rule": {"type": "target_concurrency", "max": 99}}):
            with pytest.raises(Invalid):
                services.scale(actor=ben, deployment=made, **wrong)

    def test_a_deployment_with_traffic_stays_unless_it_is_the_last(self, endpoint: Endpoint, ben: User) -> None:
        blue, green = make_deployment(endpoint, "blue"), make_deployment(endpoint, "green")
        services.set_traffic(actor=ben, endpoint=endpoint, traffic={"blue": 100})
        with pytest.raises(Conflict, match="gets 100 % of the traffic"):
            services.delete_deployment(actor=ben, deployment=blue)
        services.delete_deployment(actor=ben, deployment=green)
        services.delete_deployment(actor=ben, deployment=blue)
        endpoint.refresh_from_db()
        assert (blue.state, endpoint.traffic) == ("Deleting", {})
        with pytest.raises(Conflict, match="is being deleted"):
            services.scale(actor=ben, deployment=blue, count=2)

    def test_a_lease_is_held_by_one(self, endpoint: Endpoint) -> None:
        made = make_deployment(endpoint)
        assert state.claim(made.pk)
        assert not state.claim(made.pk)
        Deployment.objects.filter(pk=made.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert state.claim(made.pk)
        state.release(made.pk)
        assert state.claim(made.pk)


class TestUses:
    def test_a_model_that_a_deployment_serves_can_not_be_deleted(
        self, endpoint: Endpoint, workspace: Workspace, ben: User
    ) -> None:
        version = make_model_version(workspace)
        code = make_code(workspace).sha256
        made = make_deployment(endpoint, model="iris:1", code=code, scoring_script="score.py")
        with pytest.raises(Conflict, match="The deployment scoring/blue serves iris 1"):
            versions.delete_version(actor=ben, version=version)
        with pytest.raises(Conflict, match="scoring/blue"):
            registered.delete_model(actor=ben, model=version.model)
        again = make_deployment(endpoint)
        assert again.current_id != made.current_id
        with pytest.raises(Conflict, match=r"can be rolled back \(revision 1\) to iris 1"):
            versions.delete_version(actor=ben, version=version)
        assert queries.deployments_with(version) == []

    def test_moves_that_are_not_there_do_not_happen(self, endpoint: Endpoint) -> None:
        made = make_deployment(endpoint)
        revision = made.current
        assert revision is not None
        assert not state.move_revision(revision, to=DeploymentRevision.State.PREPARING)
        go = make_deployment(endpoint, "green", is_live=False)
        go_live(go, go.wanted)  # type: ignore[arg-type]
        assert go.current is not None
