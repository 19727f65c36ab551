"""Stages, approvals, checks, cards, facts, comparisons: what holds whoever asks."""

import io
import os
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from registry.mlmodels import comparing, evidence, rules, stages
from registry.mlmodels.facts import keeping
from registry.mlmodels.models import ModelVersion, StageRequest
from registry.mlmodels.services import approvals, checks, models, versions
from registry.mlmodels.services import stages as stage_services
from runs.tracking.models import Run
from runs.tracking.services import artifacts
from studio.errors import Conflict, Denied, Invalid
from studio.notifications.models import Notification
from tests.factories import make_run
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
Register = Callable[..., ModelVersion]


@pytest.fixture
def gated(people: People) -> None:
    """Production asks for an approval, a metric and a check."""
    changes = {
        "needs_approval": True,
        "metrics": [{"metric": "accuracy", "op": ">=", "value": 0.9}],
        "checks": ["fairness"],
    }
    stage_services.save_stage(actor=people.ada, workspace=people.workspace, name="Production", changes=changes)


@pytest.fixture
def accuracy(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def say(value: float) -> None:
        monkeypatch.setattr(evidence, "_asked", [lambda _, runs: {run: {"accuracy": value} for run in runs}])

    return say


class TestStages:
    def test_the_four_are_there_without_a_row(self, people: People) -> None:
        found = stages.of(people.workspace)
        assert [stage.name for stage in found] == ["None", "Staging", "Production", "Archived"]
        assert all(stage.pk is None for stage in found)

    def test_a_new_one_comes_before_archived_and_versions_go_there(self, people: People, register: Register) -> None:
        stage_services.save_stage(actor=people.ada, workspace=people.workspace, name="Canary", changes={})
        names = [stage.name for stage in stages.of(people.workspace)]
        assert names == ["None", "Staging", "Production", "Canary", "Archived"]
        version = versions.move_to_stage(actor=people.ben, version=register(), stage="canary")
        assert version.stage == "Canary"

    def test_one_with_versions_is_not_removed(self, people: People, register: Register) -> None:
        versions.move_to_stage(actor=people.ben, version=register("digits-svm"), stage="Staging")
        with pytest.raises(Conflict, match="digits-svm 1"):
            stage_services.delete_stage(actor=people.ada, workspace=people.workspace, name="Staging")

    @pytest.mark.parametrize("name", ["None", "Archived"])
    def test_the_open_ones_take_no_rules_and_stay(self, people: People, name: str) -> None:
        with pytest.raises(Invalid):
            stage_services.save_stage(
                actor=people.ada, workspace=people.workspace, name=name, changes={"needs_approval": True}
            )
        with pytest.raises(Conflict):
            stage_services.delete_stage(actor=people.ada, workspace=people.workspace, name=name)

    @pytest.mark.parametrize(
        "metrics",
        [
            [{"metric": "accuracy", "op": "~", "value": 1}],
            [{"metric": "", "op": ">", "value": 1}],
            [{"metric": "a", "op": ">", "value": float("nan")}],
            [{"metric": "a", "op": ">", "value": True}],
            [{"metric": "a"}],
            "accuracy > 0.9",
        ],
    )
    def test_a_rule_that_makes_no_sense_is_refused(self, metrics: Any) -> None:
        with pytest.raises(Invalid):
            rules.metric_rules(metrics)

    def test_only_people_who_may_approve_are_approvers(self, people: People) -> None:
        with pytest.raises(Invalid):
            stage_services.save_stage(
                actor=people.ada, workspace=people.workspace, name="Staging", changes={"approvers": [people.rita.pk]}
            )


class TestApprovals:
    def test_a_stage_that_needs_a_word_is_not_entered_without(
        self, people: People, register: Register, gated: None
    ) -> None:
        with pytest.raises(Conflict) as caught:
            versions.move_to_stage(actor=people.ada, version=register(), stage="Production")
        assert caught.value.code == "stage_needs_approval"

    def test_who_asks_does_not_approve(self, people: People, register: Register, gated: None) -> None:
        asked = approvals.request_stage(actor=people.ada, version=register(), stage="Production")
        with pytest.raises(Denied) as caught:
            approvals.approve(actor=people.ada, request=asked)
        assert caught.value.code == "own_request"
        assert ModelVersion.objects.get().stage == "None"

    def test_what_is_missing_is_said_and_then_it_goes(
        self, people: People, register: Register, gated: None, accuracy: Callable[[float], None]
    ) -> None:
        run = make_run(people.workspace)
        version = register(run_id=run.pk)
        asked = approvals.request_stage(actor=people.ben, version=version, stage="production", comment="Better.")
        accuracy(0.8)
        with pytest.raises(Conflict, match=r"accuracy >= 0.9 \(0.8\); the check fairness \(not reported\)"):
            approvals.approve(actor=people.ada, request=asked)
        accuracy(0.93)
        checks.report_check(actor=people.ben, version=version, name="fairness", passed=True)
        approvals.approve(actor=people.ada, request=asked, answer="Well done.")
        version.refresh_from_db()
        assert version.stage == "Production"
        kept = StageRequest.objects.get()
        assert [each["stands"] for each in kept.evidence["findings"]] == ["0.93", "passed"]
        assert Notification.objects.filter(user=people.ben, text__contains="approved").exists()

    def test_named_approvers_alone_decide(self, people: People, register: Register) -> None:
        changes = {"needs_approval": True, "approvers": [people.ada.pk]}
        stage_services.save_stage(actor=people.ada, workspace=people.workspace, name="Staging", changes=changes)
        asked = approvals.request_stage(actor=people.ada, version=register(), stage="Staging")
        with pytest.raises(Denied, match="Ada Lovelace"):
            approvals.approve(actor=people.ben, request=asked)

    def test_there_is_one_open_request_and_it_is_decided_once(
        self, people: People, register: Register, gated: None
    ) -> None:
        version = register()
        asked = approvals.request_stage(actor=people.ben, version=version, stage="Production")
        with pytest.raises(Conflict):
            approvals.request_stage(actor=people.ada, version=version, stage="Production")
        stale = StageRequest.objects.get(pk=asked.pk)
        approvals.reject(actor=people.ada, request=asked, answer="Not yet.")
        with pytest.raises(Conflict, match="rejected"):
            approvals.withdraw(actor=people.ben, request=stale)

    def test_over_rest_a_contributor_asks_and_the_owner_approves(self, people: People, register: Register) -> None:
        base = f"/api/v1/workspaces/{people.workspace.slug}"
        ada, ben, rita = ApiClient(people.ada), ApiClient(people.ben), ApiClient(people.rita)
        saved = ada.request("put", f"{base}/model-stages/Production", {"needs_approval": True})
        assert saved.status_code == 200, saved.content
        assert ben.request("put", f"{base}/model-stages/Production", {}).status_code == 403
        register("digits-svm")
        path = f"{base}/models/digits-svm/versions/1"
        refused = ben.request("patch", path, {"stage": "Production"})
        assert (refused.status_code, refused.json()["code"]) == (409, "stage_needs_approval")
        made = ben.request("post", f"{path}/stage-requests", {"stage": "Production"})
        assert made.status_code == 201, made.content
        one = f"{path}/stage-requests/{made.json()['id']}"
        assert rita.request("patch", one, {"state": "approved"}).status_code == 403
        assert ben.request("patch", one, {"state": "approved"}).json()["code"] == "own_request"
        assert ada.request("patch", one, {"state": "approved"}).json()["state"] == "approved"
        assert ada.request("get", path).json()["stage"] == "Production"


class TestFacts:
    def test_a_pickle_is_looked_into_and_never_loaded(self, people: People) -> None:
        class Evil:
            def __reduce__(self) -> Any:
                return os.mkdir, ("/tmp/atelier-canary-of-a-pickle",)

        version = self._version(people, {"model.pkl": pickle.dumps(Evil())})
        keeping.read_facts(version_id=version.pk)
        version.refresh_from_db()
        assert not os.path.exists("/tmp/atelier-canary-of-a-pickle")
        assert (version.format, version.reading) == ("pickle", "done")
        assert version.facts["suspicious"] == ["posix.mkdir"]

    def test_what_joblib_writes_behind_an_array_is_found_too(self, people: People) -> None:
        joblib, numpy = pytest.importorskip("joblib"), pytest.importorskip("numpy")
        stream = io.BytesIO()
        joblib.dump([numpy.arange(1000), people.ben.__class__.__mro__[-2]], stream)
        version = self._version(people, {"model.joblib": stream.getvalue()})
        keeping.read_facts(version_id=version.pk)
        version.refresh_from_db()
        assert any(name.startswith("django.") for name in version.facts["classes"])

    @pytest.mark.parametrize(
        "data", [b"", b"no pickle", b"\x80\x05" + b"\xff" * 200, b"PK\x03\x04broken", b"\x1f\x8b00"]
    )
    def test_what_is_broken_is_said(self, people: People, data: bytes) -> None:
        version = self._version(people, {"model.pkl": data})
        keeping.read_facts(version_id=version.pk)
        version.refresh_from_db()
        assert version.reading == "done"
        assert "model.pkl" in version.facts["notes"][0]

    def test_packages_and_the_input_example_of_mlflow(self, people: People) -> None:
        files = {
            "MLmodel": b"flavors: {sklearn: {}}\n",
            "requirements.txt": b"mlflow==3.1\nscikit-learn==1.9.1\n# no\npandas>=2\n",
            "input_example.json": b'{"columns": ["a"], "data": [[1.5]]}',
        }
        version = self._version(people, files)
        keeping.read_facts(version_id=version.pk)
        version.refresh_from_db()
        assert version.format == "mlflow"
        assert version.facts["packages"] == ["mlflow==3.1", "scikit-learn==1.9.1", "pandas"]
        assert version.input_example == {"dataframe_split": {"columns": ["a"], "data": [[1.5]]}}

    def _version(self, people: People, files: dict[str, bytes]) -> ModelVersion:
        run = make_run(people.workspace, created_by=people.ben)
        for path, data in files.items():
            artifacts.put_artifact(actor=people.ben, run=run, path=f"model/{path}", stream=io.BytesIO(data))
        new = versions.NewVersion(source=f"runs:/{run.pk}/model")
        return versions.register_version(actor=people.ben, workspace=people.workspace, name="digits", new=new)


class TestPages:
    def test_a_version_shows_its_review_to_a_reader_without_a_button(
        self, people: People, browser: Any, run: Run, gated: None
    ) -> None:
        version = _from(people, run)
        versions.write_card(actor=people.ben, version=version, card="# Digits <script>alert(1)</script>")
        checks.report_check(actor=people.ben, version=version, name="fairness", passed=False, detail="Two groups.")
        approvals.request_stage(actor=people.ben, version=version, stage="Production", comment="Please.")
        text = browser(people.rita).get(version.get_absolute_url()).content.decode()
        assert "Ben Carver asks for the stage Production" in text
        assert "<script>alert(1)" not in text
        assert "Two groups." in text
        assert 'value="approve"' not in text
        assert 'value="approve"' in browser(people.ada).get(version.get_absolute_url()).content.decode()

    def test_the_owner_changes_a_stage_and_a_contributor_sees_it(self, people: People, browser: Any) -> None:
        base = f"/w/{people.workspace.slug}/model-stages/"
        values = {
            "name": "Production",
            "needs_approval": "on",
            "metrics": "accuracy >= 0.9\nloss < 1e-2",
            "checks": "bias",
        }
        answer = browser(people.ada).post(f"{base}Production/save/", values)
        assert answer.status_code == 302
        text = browser(people.ben).get(base).content.decode()
        assert "accuracy &gt;= 0.9" in text
        assert "New stage" not in text
        assert stages.named(people.workspace, "production").metrics[1]["value"] == 0.01

    def test_two_versions_are_compared(self, people: People, browser: Any, run: Run) -> None:
        first, second = _from(people, run), _from(people, run)
        versions.move_to_stage(actor=people.ben, version=second, stage="Staging")
        text = browser(people.rita).get(f"{second.get_absolute_url()}compare/?with=1").content.decode()
        assert "petal width" in text
        found = comparing.compare(first, second)
        assert [row.name for row in found.facts if row.differs] == ["stage"]
        first.card, second.card = "# Use\nflowers", "# Use\nflowers\nnot leaves"
        assert [(row.name, row.left, row.right) for row in comparing.compare(first, second).card] == [
            ("line 3", None, "not leaves")
        ]

    def test_what_is_archived_leaves_the_list_and_comes_back(self, people: People, browser: Any, run: Run) -> None:
        version = _from(people, run)
        models.archive_model(actor=people.ben, model=version.model)
        page = browser(people.rita)
        assert "digits-svm" not in page.get(f"/w/{people.workspace.slug}/models/").content.decode()
        assert "digits-svm" in page.get(f"/w/{people.workspace.slug}/models/?archived=1").content.decode()
        browser(people.ben).post(f"{version.model.get_absolute_url()}archive/", {"restore": "1"})
        assert "digits-svm" in page.get(f"/w/{people.workspace.slug}/models/").content.decode()


def _from(people: People, run: Run) -> ModelVersion:
    new = versions.NewVersion(source=f"runs:/{run.pk}/model")
    return versions.register_version(actor=people.ben, workspace=people.workspace, name="digits-svm", new=new)
