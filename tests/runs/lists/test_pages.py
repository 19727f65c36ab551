"""The lists as the four people see them."""

import pytest

from runs.tracking.models import Experiment, Param, Run, RunState
from tests.factories import make_experiment, make_run, make_target

pytestmark = pytest.mark.django_db

LISTS = ["/w/vision/", "/w/vision/runs/", "/w/vision/experiments/", "/w/vision/experiments/area/digits/"]


@pytest.fixture
def digits(workspace):
    return make_experiment(workspace, "area/digits")


@pytest.mark.parametrize("path", LISTS)
def test_a_visitor_is_sent_to_the_sign_in_page(client, digits, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", [*LISTS, "/w/vision/runs/new/"])
def test_a_stranger_finds_nothing(browser, stan, digits, path):
    assert browser(stan).get(path).status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_members_see_the_page_empty_and_full(browser, rita, ben, workspace, digits, path):
    assert browser(rita).get(path).status_code == 200
    for state in RunState.values:
        make_run(workspace, experiment=digits, state=state, with_job=True, created_by=ben)
    for user in (rita, ben):
        assert browser(user).get(path).status_code == 200


def test_a_reader_sees_no_button_that_writes(browser, rita, ben, workspace, digits):
    make_run(workspace, experiment=digits, created_by=ben)
    page = browser(rita).get("/w/vision/runs/").content.decode()
    assert "New run" not in page
    for action in ("archive", "tag", "move", "stop", "trash"):
        assert f'data-bulk="{action}"' not in page
    assert 'data-bulk="compare"' in page


def test_a_contributor_sees_them(browser, ben, workspace, digits):
    make_run(workspace, experiment=digits, created_by=ben)
    page = browser(ben).get("/w/vision/runs/").content.decode()
    assert "New run" in page
    assert 'data-bulk="archive"' in page


def test_hostile_values_stay_text(browser, ben, workspace, digits):
    run = make_run(workspace, experiment=digits, name="<script>alert(1)</script>")
    Param.objects.create(run=run, key="</script><b>", value='"><img src=x>')
    page = browser(ben).get("/w/vision/runs/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@pytest.mark.parametrize("query", ["sort=password", "cursor=nonsense", "sort=-metric:", "limit=10%2000"])
def test_A74_an_order_that_is_none_never_breaks_the_page(browser, ben, workspace, digits, query):
    assert browser(ben).get(f"/w/vision/runs/?{query}").status_code in (200, 400)


def test_a_new_experiment_is_made_by_its_path(browser, ben, workspace):
    answer = browser(ben).post("/w/vision/new-experiment/", {"path": "vision/detector/v3"})
    assert answer.headers["Location"] == "/w/vision/experiments/vision/detector/v3/"
    assert Experiment.objects.filter(workspace=workspace, path="vision/detector/v3").exists()


@pytest.mark.parametrize("path", ["", "../up", "a" * 300, "a//b\x00"])
def test_a_path_that_cannot_be_one_makes_nothing(browser, ben, workspace, path):
    assert browser(ben).post("/w/vision/new-experiment/", {"path": path}).status_code in (400, 422)
    assert not Experiment.objects.filter(workspace=workspace).exists()


def test_the_last_workspace_is_the_way_in(browser, ben, workspace):
    client = browser(ben)
    client.get("/w/vision/")
    assert client.get("/").headers["Location"] == "/w/vision/"


class TestNewRun:
    FIELDS = {
        "view": "fields", "experiment": "vision/digits", "command": "echo hello", "inputs": "lr: 0.1",
        "environment": "current", "compute": "local", "timeout": "", "variables": "", "then": "prepare",
    }  # fmt: skip

    @pytest.fixture(autouse=True)
    def target(self, workspace):
        return make_target(name="local", kind="local")

    def test_a_reader_may_not_open_it(self, browser, rita):
        assert browser(rita).get("/w/vision/runs/new/").status_code == 403

    def test_the_fields_become_a_run(self, browser, ben):
        answer = browser(ben).post("/w/vision/runs/new/", self.FIELDS)
        run = Run.objects.get()
        assert answer.status_code == 302
        assert (run.experiment.path, run.command, run.state) == ("vision/digits", "echo hello", RunState.CREATED)
        assert run.params.get(key="lr").value == "0.1"

    def test_the_text_becomes_the_same_run(self, browser, ben):
        text = "command: echo hello\nexperiment_name: vision/digits\ninputs: {lr: 0.1}\n"
        browser(ben).post("/w/vision/runs/new/", {"view": "text", "text": text, "then": "prepare"})
        assert Run.objects.get().command == "echo hello"

    def test_changing_the_picture_keeps_the_job(self, browser, ben):
        shown = browser(ben).post("/w/vision/runs/new/convert/", self.FIELDS).content.decode()
        assert "experiment_name: vision/digits" in shown
        back = {"view": "text", "text": "command: echo bye\nexperiment_name: a/b\ninputs:\n  lr: 0.5\n"}
        shown = browser(ben).post("/w/vision/runs/new/convert/", back).content.decode()
        assert 'value="a/b"' in shown
        assert "echo bye" in shown

    def test_a_mistake_keeps_what_was_typed_and_makes_nothing(self, browser, ben):
        answer = browser(ben).post("/w/vision/runs/new/", {**self.FIELDS, "timeout": "soon"})
        assert answer.status_code == 422
        assert "Write a duration" in answer.content.decode()
        assert "echo hello" in answer.content.decode()
        assert not Run.objects.exists()

    def test_a_misspelt_key_of_the_text_is_named_with_its_place(self, browser, ben):
        answer = browser(ben).post("/w/vision/runs/new/", {"view": "text", "text": "comand: echo\n"})
        assert answer.status_code == 422
        assert "did you mean" in answer.content.decode().lower()

    def test_a_clone_starts_from_its_original(self, browser, ben):
        client = browser(ben)
        client.post("/w/vision/runs/new/", self.FIELDS)
        original = Run.objects.get()
        form = client.get(f"/w/vision/runs/new/?clone={original.pk}").content.decode()
        assert "echo hello" in form
        client.post("/w/vision/runs/new/", {**self.FIELDS, "clone": original.pk, "inputs": "lr: 0.01"})
        clone = Run.objects.get(cloned_from=original)
        assert clone.params.get(key="lr").value == "0.01"
