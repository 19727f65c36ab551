import pytest

from runs.traces import metrics
from runs.traces.metrics import Aggregation, Question
from runs.tracking.models import Experiment
from studio.errors import TooLarge
from tests.factories import make_experiment
from tests.factories.traces import make_trace
from tests.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiment(db: None) -> Experiment:
    experiment = make_experiment(make_people().workspace, "assistant")
    for name, seconds in (("a", 1), ("a", 3), ("b", 5)):
        make_trace(experiment, name=name, seconds=seconds)
    return experiment


def ask(experiment: Experiment, *kinds: Aggregation, **more) -> list[tuple[dict[str, str], dict[str, float]]]:
    found = metrics.answer([experiment.pk], Question("TRACES", "latency", kinds, **more))
    return [(point.dimensions, point.values) for point in found]


def test_the_database_sums_what_it_can(experiment: Experiment) -> None:
    wanted = [Aggregation(kind) for kind in ("SUM", "AVG", "MIN", "MAX")]
    assert ask(experiment, *wanted) == [({}, {"SUM": 9000, "AVG": 3000, "MIN": 1000, "MAX": 5000})]
    by_name = ask(experiment, Aggregation("SUM"), dimensions=("trace_name",))
    assert by_name == [({"trace_name": "a"}, {"SUM": 4000}), ({"trace_name": "b"}, {"SUM": 5000})]


def test_nothing_measured_is_no_point(experiment: Experiment) -> None:
    assert ask(experiment, Aggregation("SUM"), start_ms=10**15) == []


def test_percentiles_of_too_many_values_are_refused(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(experiment, Aggregation("PERCENTILE", 50.0)) == [({}, {"P50": 3000})]
    monkeypatch.setattr(metrics, "MAX_VALUES", 2)
    with pytest.raises(TooLarge):
        ask(experiment, Aggregation("PERCENTILE", 50.0))
    assert ask(experiment, Aggregation("MAX")) == [({}, {"MAX": 5000})]
