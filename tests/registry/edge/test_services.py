"""Devices: enrolled, given modules, reported of, rolled back; and every refusal with its sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.edge import guessing, queries, reading, services, tokens
from registry.edge.models import EdgeDevice, EdgeEvent
from registry.images import services as images
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict, Invalid, NotFound, Throttled
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from studio.notifications.models import Notification
from tests.factories.devices import ADDRESS, FACTS, enrol, make_device, make_module, make_ready_image, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(workspace: Workspace, ben: User) -> EdgeDevice:
    return make_device(workspace, actor=ben)


@pytest.fixture(autouse=True)
def _no_guesses() -> None:
    guessing.forget()


def kinds(device: EdgeDevice) -> list[str]:
    return list(EdgeEvent.objects.filter(device=device).values_list("kind", flat=True))


class TestEnrolment:
    def test_a_code_is_exchanged_once_and_neither_secret_is_kept(self, device: EdgeDevice, ben: User) -> None:
        code = services.new_code(actor=ben, device=device).code
        found = services.enrol(code=code.lower().replace("-", " "), address=ADDRESS, facts=FACTS)
        device.refresh_from_db()
        assert device.token_hash == tokens.hash_of(found.token) and device.code_hash == ""
        assert (queries.state_of(device), device.facts["host"]) == ("online", "press-3")
        with pytest.raises(NotFound, match="used already"):
            services.enrol(code=code, address=ADDRESS, facts={})

    def test_a_second_code_ends_the_first_and_the_token_only_when_it_is_used(self, device: EdgeDevice) -> None:
        first = services.new_code(actor=None, device=device).code
        token = enrol(device)
        with pytest.raises(NotFound):
            services.enrol(code=first, address=ADDRESS, facts={})
        services.new_code(actor=None, device=device)
        assert queries.device_of_token(tokens.hash_of(token)) is not None
        enrol(device)
        assert queries.device_of_token(tokens.hash_of(token)) is None

    def test_an_expired_code_opens_nothing_and_is_forgotten(self, device: EdgeDevice) -> None:
        code = services.new_code(actor=None, device=device).code
        EdgeDevice.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(NotFound):
            services.enrol(code=code, address=ADDRESS, facts={})
        assert services.forget_codes() == 1

    def test_guesses_are_slowed_down(self, device: EdgeDevice) -> None:
        for _ in range(guessing.MOST):
            with pytest.raises(NotFound):
                services.enrol(code=tokens.new_code(), address=ADDRESS, facts={})
        with pytest.raises(Throttled):
            services.enrol(code=tokens.new_code(), address=ADDRESS, facts={})
        with pytest.raises(NotFound):
            services.enrol(code=tokens.new_code(), address="10.0.0.8", facts={})

    def test_a_revoked_device_has_no_way_in(self, device: EdgeDevice, ben: User) -> None:
        token = enrol(device)
        services.revoke(actor=ben, device=device)
        assert queries.device_of_token(tokens.hash_of(token)) is None
        assert queries.state_of(device) == "revoked"
        with pytest.raises(Conflict, match="neither a token nor a code"):
            services.revoke(actor=ben, device=device)

    @pytest.mark.parametrize("name", ["", "-a", "a/b", "a..", "x" * 65, "new", None, "ä"])
    def test_a_name_that_no_address_could_hold_is_refused(self, workspace: Workspace, name: Any) -> None:
        with pytest.raises(Invalid):
            make_device(workspace, name)

    def test_a_name_is_given_once_a_workspace(self, device: EdgeDevice, workspace: Workspace) -> None:
        with pytest.raises(Conflict, match="There is a device press-3 already"):
            make_device(workspace)


class TestModules:
    def test_an_update_keeps_what_was_before_and_a_roll_back_leads_there(self, device: EdgeDevice, ben: User) -> None:
        first, second = make_ready_image(device.workspace), make_ready_image(device.workspace)
        module = make_module(device, version=first, port=8080, environment_variables={"LINE": 3})
        module = services.update_module(actor=ben, module=module, version=second, given={"port": 9090})
        assert (module.previous, module.options["port"], device.revision) == (first, 9090, 3)
        back = services.roll_back(actor=ben, module=module)
        assert (back.image_version, back.options["port"], back.previous) == (first, 8080, second)
        assert back.options["environment_variables"] == {"LINE": "3"}
        assert kinds(device)[:3] == ["RolledBack", "ModuleUpdated", "ModuleAdded"]
        assert Event.objects.filter(verb="device.module_rolled_back", actor=ben).exists()

    def test_what_changes_nothing_makes_no_revision(self, device: EdgeDevice, ben: User) -> None:
        module = make_module(device, port=8080)
        before = device.revision
        services.update_module(actor=ben, module=module, version=module.image_version, given={"port": 8080})
        device.refresh_from_db()
        assert device.revision == before

    def test_stop_start_restart_and_removal_are_revisions(self, device: EdgeDevice, ben: User) -> None:
        module = services.stop_module(actor=ben, module=make_module(device))
        with pytest.raises(Conflict, match="stopped"):
            services.restart_module(actor=ben, module=module)
        with pytest.raises(Conflict, match="stopped already"):
            services.stop_module(actor=ben, module=module)
        module = services.start_module(actor=ben, module=module)
        assert services.restart_module(actor=ben, module=module).generation == 2
        services.remove_module(actor=ben, module=queries.module_at(device, module.name))
        device.refresh_from_db()
        assert device.revision == 6 and not device.modules.exists()

    def test_of_two_changes_of_the_same_state_one_is_refused(self, device: EdgeDevice, ben: User) -> None:
        make_module(device)
        one, other = (queries.module_at(device, "defects") for _ in range(2))
        services.update_module(actor=ben, module=one, given={"cpus": 1})
        with pytest.raises(Conflict, match="Somebody else"):
            services.update_module(actor=ben, module=other, given={"cpus": 2})
        device.refresh_from_db()
        assert device.revision == 3

    def test_two_modules_share_no_port(self, device: EdgeDevice) -> None:
        make_module(device, port=8080)
        with pytest.raises(Conflict, match="has port 8080"):
            make_module(device, "other", port=8080)

    def test_an_image_of_another_architecture_is_refused(self, device: EdgeDevice) -> None:
        enrol(device)
        version = make_ready_image(device.workspace, facts={"architecture": "arm64"})
        with pytest.raises(Conflict, match="built for arm64, and the device press-3 is amd64"):
            make_module(device, version=version)

    @pytest.mark.parametrize(
        "given",
        [
            {"port": 70_000}, {"port": True}, {"address": "::"}, {"cpus": -1}, {"memory": "1K"}, {"memory": "lots"},
            {"restart": "sometimes"}, {"environment_variables": {"A B": "1"}}, {"environment_variables": {"A": None}},
            {"environment_variables": {"A": "x" * 9_000}},
        ],
    )  # fmt: skip
    def test_options_that_make_no_sense_are_refused(self, device: EdgeDevice, given: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            make_module(device, **given)
        device.refresh_from_db()
        assert device.revision == 1

    def test_an_image_in_use_or_to_go_back_to_is_not_deleted(self, device: EdgeDevice, ben: User) -> None:
        first, second = make_ready_image(device.workspace), make_ready_image(device.workspace)
        module = make_module(device, version=first)
        services.update_module(actor=ben, module=module, version=second)
        with pytest.raises(Conflict, match="can be rolled back to defects:1"):
            images.delete_version(actor=ben, version=first)
        with pytest.raises(Conflict, match="The module defects of the device press-3 runs defects:2"):
            images.delete_version(actor=ben, version=second)
        down = lineage.down(device.workspace, Thing("image_version", str(second.pk)))
        assert [step.thing for step in down] == [Thing("edge_device", str(device.pk))]
        services.delete_device(actor=ben, device=device)
        images.delete_version(actor=ben, version=first)

    def test_an_image_that_is_not_built_is_refused(self, device: EdgeDevice, workspace: Workspace) -> None:
        from tests.factories.images import make_image

        with pytest.raises(Conflict, match="queued"):
            make_module(device, version=make_image(workspace))


class TestReports:
    def test_a_report_is_kept_and_its_events_are_told(self, device: EdgeDevice) -> None:
        enrol(device)
        make_module(device)
        found = report(
            device,
            modules={"defects": {"state": "running", "image": "defects:1", "restarts": 2, "nonsense": 1}},
            telemetry={"cpu": 12.3456, "memory": 5, "secret": "x", "modules": {"defects": {"cpu": 1, "memory": 2}}},
            events=[{"kind": "Ready", "module": "defects", "detail": "\x1b[31mOn\u202e port 8080", "at": "2999-01-01T00:00:00Z"}],
        )  # fmt: skip
        assert found.reported["defects"]["restarts"] == 2 and "nonsense" not in found.reported["defects"]
        assert found.telemetry == {"cpu": 12.346, "memory": 5, "modules": {"defects": {"cpu": 1, "memory": 2}}}
        event = EdgeEvent.objects.filter(device=device).first()
        assert event is not None and event.detail == "[31mOn port 8080" and event.at <= timezone.now()

    def test_a_report_of_another_time_changes_nothing(self, device: EdgeDevice) -> None:
        enrol(device)
        make_module(device)
        report(device, modules={"defects": {"state": "running"}})
        for revision in (1, 99):
            with pytest.raises(Conflict, match="does not wait for"):
                report(device, revision=revision)
        device.refresh_from_db()
        assert device.reported["defects"]["state"] == "running"

    def test_a_token_that_was_replaced_meanwhile_reports_nothing(self, device: EdgeDevice) -> None:
        enrol(device)
        before = device.token_hash
        enrol(device)
        said = reading.report({"revision": 1})
        with pytest.raises(Conflict):
            services.take_report(device=device, token_hash=before, report=said)

    def test_a_silent_device_is_told_of_once_and_back_again(self, device: EdgeDevice, ben: User) -> None:
        enrol(device)
        EdgeDevice.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
        assert (services.end_silent(), services.end_silent()) == (1, 0)
        device.refresh_from_db()
        assert queries.state_of(device) == "offline"
        assert Notification.objects.filter(user=ben, text__contains="press-3 is offline").count() == 1
        report(device)
        assert kinds(device)[:2] == ["Online", "Offline"]

    def test_whoever_made_the_device_hears_that_a_module_went_back(self, device: EdgeDevice, ben: User) -> None:
        enrol(device)
        make_module(device)
        said = {"defects": {"state": "rolled_back", "generation": 1, "problem": "It did not get ready."}}
        report(device, modules=said)
        report(device, modules=said)
        assert Notification.objects.filter(user=ben, text__contains="did not get ready").count() == 1

    def test_only_the_last_events_of_a_device_are_kept(self, device: EdgeDevice, monkeypatch: Any) -> None:
        from registry.edge.services import telling

        monkeypatch.setattr(telling, "KEPT", 5)
        enrol(device)
        for number in range(4):
            report(device, events=[{"kind": "Exited", "detail": f"{number}-{each}"} for each in range(3)])
        assert EdgeEvent.objects.filter(device=device).count() == 5

    @pytest.mark.parametrize(
        "said",
        [
            {"modules": {"defects": {"state": "flying"}}}, {"modules": {"../etc": {"state": "running"}}}, {"modules": {"a": 1}},
            {"modules": {f"m{n}": {"state": "running"} for n in range(200)}}, {"events": [{"kind": "Owned"}]}, {"events": [1]},
            {"telemetry": {"modules": []}, "facts": [1]},
        ],
    )  # fmt: skip
    def test_what_has_not_the_shape_of_a_report_is_refused(self, device: EdgeDevice, said: dict[str, Any]) -> None:
        enrol(device)
        with pytest.raises(Invalid):
            report(device, **said)
