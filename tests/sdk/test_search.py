"""Searching runs from Python and the command line, in the real application."""

import atelier
import pytest
from atelier import _cli, _errors

from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runs(studio: People) -> None:
    for name, loss in (("good", 0.1), ("fair", 0.5), ("poor", 2.0)):
        with atelier.start_run(name=name, params={"lr": loss}) as run:
            run.log({"loss": loss})


@pytest.mark.usefixtures("runs")
def test_runs_are_searched_from_python() -> None:
    space = atelier.Workspace()
    assert [run.name for run in space.search_runs("metrics.loss < 1", order_by="metrics.loss DESC")] == ["fair", "good"]
    assert [run.name for run in space.search_runs(order_by=["-metrics.loss", "start_time"], limit=1)] == ["poor"]
    assert [run.name for run in space.runs(filter="params.lr = '0.5' OR poor", sort="metrics.loss")] == ["fair", "poor"]


@pytest.mark.usefixtures("runs")
def test_a_wrong_search_says_where() -> None:
    with pytest.raises(atelier.SearchError) as caught:
        list(atelier.Workspace().search_runs("metrics.loss < 1 AND statsu = 'x'"))
    error = caught.value
    assert (error.position, error.length, error.suggestion) == (21, 6, "status")
    shown, carets = error.caret().splitlines()
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "statsu"


@pytest.mark.usefixtures("runs")
def test_the_command_searches_and_points_at_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["run", "list", "--filter", "metrics.loss < 1", "--order-by", "metrics.loss"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["good", "fair"]
    assert _cli.main(["run", "list", "--filter", "metrics.loss <"]) == 2
    assert "metrics.loss <\n" in capsys.readouterr().err


def test_a_mistake_deep_in_a_long_text_is_shown_with_what_is_around_it() -> None:
    error = _errors.SearchError("No.", body={"position": 500, "length": 3})
    error.text = "a" * 500 + "bad" + "c" * 500
    shown, carets = error.caret().splitlines()
    assert len(shown) < 140
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "bad"
    assert str(_errors.SearchError("No.")) == "No."
