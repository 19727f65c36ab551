import pytest

from runs.traces import search
from runs.traces.models import Trace
from runs.traces.services import assessments, ingest, records
from runs.traces.services.assessments import Verdict
from runs.tracking.models import Experiment
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.search import SearchError
from tests.factories import make_experiment, make_run, make_workspace
from tests.factories.traces import make_span, make_trace
from tests.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Workspace:
    return make_people().workspace


@pytest.fixture
def experiment(place: Workspace) -> Experiment:
    return make_experiment(place, "assistant")


def names(place: Workspace, text: str, order: str = "", **more) -> list[str]:
    found = search.find(place, search.Query(filter=text, order=order, **more))
    by_pk = {trace.pk: trace.name for trace in Trace.objects.all()}
    return [by_pk[pk] for pk in found.ids]


@pytest.fixture
def three(experiment: Experiment) -> dict[str, Trace]:
    run = make_run(experiment.workspace, experiment=experiment)
    slow = make_trace(experiment, name="slow", at=0, seconds=9, status="ERROR", inputs={"q": "Where is it?"})
    quick = make_trace(experiment, name="quick", at=10, seconds=1, outputs="fine", run=run)
    plain = make_trace(experiment, name="plain", at=20, seconds=3)
    records.set_tag(actor=None, trace=slow, key="env", value="prod")
    records.set_tag(actor=None, trace=quick, key="env", value="test")
    for trace, value in ((slow, False), (quick, True)):
        assessments.assess(actor=None, trace=trace, verdict=Verdict("correct", "feedback", value, source_type="CODE"))
    assessments.assess(actor=None, trace=quick, verdict=Verdict("score", "feedback", 0.9, source_type="CODE"))
    return {"slow": slow, "quick": quick, "plain": plain}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["plain", "quick", "slow"]),
        ("status = 'ERROR'", ["slow"]),
        ("attributes.state IN ('OK')", ["plain", "quick"]),
        ("trace.status != 'ERROR'", ["plain", "quick"]),
        ("execution_time_ms >= 3000", ["plain", "slow"]),
        ("tags.env = 'prod'", ["slow"]),
        ("tags.env LIKE 't%'", ["quick"]),
        ("tags.env LIKE 'T%'", []),
        ("tags.env ILIKE 'T%'", ["quick"]),
        ("tags.env IS NULL", ["plain"]),
        ("tags.`mlflow.traceName` = 'slow'", ["slow"]),
        ("name RLIKE '^(slow|quick)$'", ["quick", "slow"]),
        ("name = 'plain' OR tags.env = 'prod'", ["plain", "slow"]),
        ("NOT (name = 'plain')", ["quick", "slow"]),
        ("feedback.correct = 'true'", ["quick"]),
        ("feedback.score > 0.8", ["quick"]),
        ("feedback.correct IS NULL", ["plain"]),
        ("trace.text LIKE '%Where is it%'", ["slow"]),
        ("span.name = 'model' AND span.type = 'LLM'", ["plain", "quick", "slow"]),
        ("span.name = 'slow' AND span.type = 'LLM'", []),
        ("span.attributes.`mlflow.spanType` = 'LLM' AND name = 'slow'", ["slow"]),
        ("span.attributes.`mlflow.spanType` LIKE 'L%' AND name = 'slow'", ["slow"]),
        ("fine", ["quick"]),
        ("timestamp_ms > 1700000005000", ["plain", "quick"]),
        ("end_time < 1700000012000", ["quick", "slow"]),
    ],
)
def test_what_a_filter_finds(place: Workspace, three: dict[str, Trace], text: str, found: list[str]) -> None:
    assert names(place, text) == found


def test_a_run_is_found_by_its_link_and_by_what_clients_said(place: Workspace, three: dict[str, Trace]) -> None:
    run_id = Trace.objects.get(name="quick").run_id
    assert names(place, f"attribute.run_id = '{run_id}'") == ["quick"]
    assert names(place, f"metadata.`mlflow.sourceRun` = '{run_id}'") == ["quick"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("execution_time DESC", ["slow", "plain", "quick"]),
        ("timestamp ASC", ["slow", "quick", "plain"]),
        ("name", ["plain", "quick", "slow"]),
        ("tags.env", ["slow", "quick", "plain"]),
        ("tags.env DESC", ["quick", "slow", "plain"]),
    ],
)
def test_an_order_and_its_pages(place: Workspace, three: dict[str, Trace], order: str, found: list[str]) -> None:
    assert names(place, "", order) == found
    paged, token = [], ""
    for _ in range(4):
        page = search.find(place, search.Query(order=order, limit=1, token=token))
        paged += page.ids
        token = page.next_token
        if not token:
            break
    by_pk = {trace.pk: trace.name for trace in Trace.objects.all()}
    assert [by_pk[pk] for pk in paged] == found


def test_a_page_token_belongs_to_its_order(place: Workspace, three: dict[str, Trace]) -> None:
    token = search.find(place, search.Query(limit=1)).next_token
    for wrong in (search.Query(order="name", token=token), search.Query(token="nonsense"), search.Query(token="W10")):
        with pytest.raises(Invalid):
            search.find(place, wrong)


@pytest.mark.parametrize(
    "text",
    ["status = ", "colour = 'red'", "span.colour = 'red'", "execution_time > 'a'", "prompt = 'x'", "name ~ '('"],
)
def test_a_filter_that_can_not_be_read_says_where(place: Workspace, text: str) -> None:
    with pytest.raises(SearchError) as raised:
        search.find(place, search.Query(filter=text))
    assert raised.value.position <= len(text)


def test_traces_of_an_experiment_in_the_trash_are_left_out(place: Workspace, three: dict[str, Trace]) -> None:
    from django.utils import timezone

    Experiment.objects.update(deleted_at=timezone.now())
    assert names(place, "") == []


def test_another_workspace_is_never_found(experiment: Experiment, three: dict[str, Trace]) -> None:
    other = Workspace.objects.exclude(pk=experiment.workspace_id).first()
    assert other is not None
    assert search.find(other, search.Query()).ids == []


def test_a_span_that_comes_again_is_found_by_its_newest_words(place: Workspace, experiment: Experiment) -> None:
    for name in ("first", "second"):
        ingest.log_spans(actor=None, experiment=experiment, found=[make_span(name=name)])
    assert len(search.find(place, search.Query(filter="span.name = 'second'")).ids) == 1
    assert search.find(place, search.Query(filter="span.name = 'first'")).ids == []


def test_traces_of_the_same_moment_stand_in_the_order_of_their_ids(place: Workspace, experiment: Experiment) -> None:
    for letter in "bca":
        make_trace(experiment, name=letter, at=5)
    by_id = list(Trace.objects.order_by("trace_id").values_list("name", flat=True))
    assert names(place, "") == by_id
    first = search.find(place, search.Query(limit=2))
    assert names(place, "", limit=2) + names(place, "", limit=2, token=first.next_token) == by_id


def test_what_is_said_of_a_session_is_found_by_all_its_traces(place: Workspace, experiment: Experiment) -> None:
    first, second, third = (make_trace(experiment, name=name, at=at) for at, name in enumerate("abc"))
    Trace.objects.filter(pk__in=[first.pk, second.pk]).update(session="chat")
    verdict = Verdict("polite", "feedback", True, source_type="HUMAN", metadata={"mlflow.trace.session": "chat"})
    assessments.assess(actor=None, trace=first, verdict=verdict)
    assert names(place, "feedback.polite = 'true'") == ["b", "a"]
    assert names(place, "feedback.polite IS NULL") == ["c"]
    elsewhere = make_trace(make_experiment(make_workspace("audio"), "x"), name="d")
    Trace.objects.filter(pk=elsewhere.pk).update(session="chat")
    assert search.find(elsewhere.workspace, search.Query(filter="feedback.polite = 'true'")).ids == []
    assert third.session == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("feedback.score = '5'", ["five"]),
        ("feedback.score > 0", ["five"]),
        ("feedback.score = 'yes'", ["yes"]),
        ("feedback.score != '5'", ["yes", "true"]),
    ],
)
def test_yes_and_true_are_no_numbers_to_a_search(
    place: Workspace, experiment: Experiment, text: str, found: list[str]
) -> None:
    for name, value in (("true", True), ("yes", "yes"), ("five", 5.0)):
        trace = make_trace(experiment, name=name, at={"true": 1, "yes": 2, "five": 3}[name])
        assessments.assess(actor=None, trace=trace, verdict=Verdict("score", "feedback", value, source_type="CODE"))
    assert names(place, text) == found


def test_bare_words_are_refused_where_only_comparisons_are_wanted(place: Workspace) -> None:
    with pytest.raises(SearchError, match="Expected an operator"):
        search.find(place, search.Query(filter="invalid", has_words=False))
