"""What the pages' forms and addresses may name."""

from dataclasses import dataclass

from django.http import QueryDict

from studio.errors import Invalid
from studio.identifiers import is_run_id

MOST = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """Runs and experiments by their ids; `in_trash` when those of the trash are meant."""

    runs: list[str]
    experiments: list[int]
    in_trash: bool
    everything: bool


def named(query: QueryDict) -> Named:
    """What `run=`, `experiment=`, `in_trash=` and `everything=` name. Raises Invalid for what is no id."""
    runs, numbers = query.getlist("run"), query.getlist("experiment")
    are_numbers = all(text.isascii() and text.isdigit() and len(text) < 19 for text in numbers)
    if len(runs) > MOST or len(numbers) > MOST or not are_numbers or not all(is_run_id(run) for run in runs):
        raise Invalid("bad_parameter", f"Name at most {MOST:,} runs and experiments by their ids.")
    return Named(runs, [int(text) for text in numbers], query.get("in_trash") == "1", query.get("everything") == "1")
