import pytest
from atelier.components import catalogue

from runs.pipelines.document import columns
from studio.access.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("said", "called"), [({"display_name": "Cars with prices"}, "Cars with prices"), ({}, "cars")])
def test_what_must_run_first_is_called_as_on_the_canvas(workspace: Workspace, said: dict, called: str) -> None:
    cars = {"type": "command", "component": "atelier:automobile_price:1", "inputs": {}, **said}
    wired = {"dataset": "${{parent.jobs.cars.outputs.dataset}}"}
    pick = {"type": "command", "component": "atelier:select_columns_in_dataset:1", "inputs": wired}
    found = columns.at(workspace, {"jobs": {"cars": cars, "pick": pick}}, "pick", "dataset")
    assert (found.columns, found.note) == ([], f"The columns are known once {called} has run.")


def test_what_passes_columns_on_takes_them_in_by_a_port_that_is_there() -> None:
    for name, port in columns.PASSING.items():
        assert port in catalogue.named(name).to_dict()["inputs"], name
