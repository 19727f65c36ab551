import pytest
from django.test import Client

from runs.traces.models import Assessment, Trace
from tests.factories import make_experiment, make_run
from tests.factories.traces import make_trace
from tests.people import ApiClient, People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def trace(people: People) -> Trace:
    experiment = make_experiment(people.workspace, "assistant/support")
    run = make_run(people.workspace, experiment=experiment)
    asked = {"messages": [{"role": "user", "content": "Where is <b>it</b>?"}]}
    return make_trace(experiment, run=run, inputs=asked, outputs={"answer": [1, 2]}, name="answer")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_list_shows_request_state_and_duration(people: People, trace: Trace) -> None:
    page = signed_in(people.rita).get("/w/vision/traces/").content.decode()
    assert "Where is &lt;b&gt;it&lt;/b&gt;?" in page
    assert "2 s" in page and trace.trace_id in page


def test_a_filter_that_can_not_be_read_is_answered_on_the_page(people: People, trace: Trace) -> None:
    response = signed_in(people.rita).get("/w/vision/traces/", {"q": "status = "})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_the_run_s_tab_shows_its_own_traces(people: People, trace: Trace) -> None:
    other = make_run(people.workspace, experiment=trace.experiment)
    client = signed_in(people.rita)
    assert trace.trace_id in client.get(f"/w/vision/runs/{trace.run_id}/traces/").content.decode()
    assert trace.trace_id not in client.get(f"/w/vision/runs/{other.pk}/traces/").content.decode()


def test_the_page_draws_spans_and_a_chat(people: People, trace: Trace) -> None:
    page = signed_in(people.rita).get(trace.get_absolute_url()).content.decode()
    assert page.count('aria-level="') == 2
    assert "chat-user" in page and "Where is &lt;b&gt;it&lt;/b&gt;?" in page
    assert "data-assess" not in page  # a Reader judges nothing


def test_one_span_is_a_part_of_its_own(people: People, trace: Trace) -> None:
    client = signed_in(people.rita)
    url = f"{trace.get_absolute_url()}spans/{'2' * 16}/"
    assert "model" in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert client.get(url).status_code == 302
    unknown = client.get(f"{trace.get_absolute_url()}spans/unknown/", headers={"HX-Request": "true"})
    assert unknown.status_code == 404


def test_a_person_judges_corrects_and_takes_back(people: People, trace: Trace) -> None:
    client, url = signed_in(people.ben), f"{trace.get_absolute_url()}assess/"
    given = {"kind": "feedback", "name": "correct", "value": "yes", "rationale": "It is."}
    assert client.post(url, given).status_code == 302
    row = Assessment.objects.get()
    assert (row.source_type, row.source_id, row.value, row.number) == ("HUMAN", people.ben.email, '"yes"', 1.0)
    client.post(url, {**given, "value": "0.5", "assessment_id": row.assessment_id})
    assert Assessment.objects.get().number == 0.5
    client.post(url, {"action": "delete", "assessment_id": row.assessment_id})
    assert not Assessment.objects.exists()


def test_a_form_without_a_name_comes_back(people: People, trace: Trace) -> None:
    response = signed_in(people.ben).post(f"{trace.get_absolute_url()}assess/", {"kind": "feedback", "value": "1"})
    assert response.status_code == 422


def test_deleting_is_real(people: People, trace: Trace) -> None:
    assert signed_in(people.rita).post(f"{trace.get_absolute_url()}delete/").status_code == 403
    assert signed_in(people.ben).post(f"{trace.get_absolute_url()}delete/").status_code == 302
    assert not Trace.objects.exists()


def test_rest_lists_shows_judges_and_deletes(people: People, trace: Trace) -> None:
    api = ApiClient(people.ben, base="/api/v1/workspaces/vision")
    listed = api.get("/traces", {"filter": "status = 'OK'", "experiment": "assistant/support"}).json()
    assert [row["id"] for row in listed["results"]] == [trace.trace_id]
    shown = api.get(f"/traces/{trace.trace_id}").json()
    assert [span["name"] for span in shown["spans"]] == ["answer", "model"]
    assert shown["spans"][0]["outputs"] == {"answer": [1, 2]}
    made = api.post(f"/traces/{trace.trace_id}/assessments", {"name": "tone", "kind": "feedback", "value": {"a": 1}})
    assert (made.status_code, made.json()["value"]) == (201, {"a": 1})
    assert len(api.get(f"/traces/{trace.trace_id}/assessments").json()["results"]) == 1
    assert api.post("/traces/delete", {"ids": [trace.trace_id]}).json() == {"deleted": 1}
    assert api.get(f"/traces/{trace.trace_id}").status_code == 404
    assert api.post("/traces/delete", {}).status_code == 400


def test_rest_sets_and_removes_tags_all_or_none(people: People, trace: Trace) -> None:
    api = ApiClient(people.ben, base="/api/v1/workspaces/vision")
    path = f"/traces/{trace.trace_id}"
    tags = api.patch(path, {"tags": {"env": "prod", "draft": "yes"}}).json()["tags"]
    assert tags.items() >= {"env": "prod", "draft": "yes"}.items()
    tags = api.patch(path, {"tags": {"env": "test", "draft": None, "never there": None}}).json()["tags"]
    assert (tags["env"], "draft" in tags) == ("test", False)
    answer = api.patch(path, {"tags": {"env": None, "mlflow.artifactLocation": "s3://elsewhere"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_tag")
    assert api.get(path).json()["tags"]["env"] == "test"
    assert api.patch(path, {}).status_code == 400
    assert ApiClient(people.rita, base="/api/v1/workspaces/vision").patch(path, {"tags": {}}).status_code == 403


def test_a_list_costs_the_same_for_one_trace_and_for_many(
    people: People, trace: Trace, django_assert_max_num_queries
) -> None:
    client = signed_in(people.rita)
    for _ in range(8):
        make_trace(trace.experiment, run=trace.run)
    client.get("/w/vision/traces/")
    with django_assert_max_num_queries(20):
        client.get("/w/vision/traces/")


def test_a_trace_of_less_than_a_millisecond_does_not_take_zero(people: People, trace: Trace) -> None:
    Trace.objects.filter(pk=trace.pk).update(duration_ms=0)
    for address in ("/w/vision/traces/", f"/w/vision/traces/{trace.trace_id}/"):
        assert "&lt; 1 ms" in signed_in(people.rita).get(address).content.decode()
