"""Pipelines to begin with: pipeline files with a layout, on data sets that come with the studio."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runs.pipelines.drafts import textual
from runs.pipelines.drafts.documents import Document
from studio.errors import NotFound

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as its card shows it; `key` is the name of its file."""

    key: str
    title: str
    about: str
    icon: str


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "automobile_price",
        "Automobile price regression",
        "The price of a car from what its data sheet says, by linear regression.",
        "trending-up",
    ),
    Sample(
        "income_prediction",
        "Income prediction with feature selection",
        "Who earns more than 50,000 a year: the strongest columns of a census, then boosted trees.",
        "filter",
    ),
    Sample(
        "customer_churn",
        "Customer churn with SMOTE",
        "Few customers leave, so the training rows of those who do are doubled first.",
        "users",
    ),
    Sample(
        "flight_delay",
        "Flight delay",
        "Will a flight be late? Logistic regression and boosted trees, compared.",
        "git-compare",
    ),
    Sample(
        "text_classification",
        "Text classification",
        "Reviews of food: words are cleaned and hashed to columns, then told apart.",
        "scroll-text",
    ),
    Sample(
        "movie_recommendation",
        "Movie recommendation",
        "How somebody would rate a film, by factors of people and films.",
        "star",
    ),
    Sample(
        "many_models",
        "Many models",
        "How many bikes are rented: a model for each season, trained side by side, their figures in one table.",
        "layers",
    ),
    Sample(
        "iris_clustering", "Iris clustering", "Three groups of flowers, found by their measures alone.", "chart-scatter"
    ),
)


def named(key: str) -> Sample:
    """Raises NotFound."""
    found = next((each for each in SAMPLES if each.key == key), None)
    if found is None:
        known = ", ".join(each.key for each in SAMPLES)
        raise NotFound("not_found", f"There is no sample {key[:60]!r}.", hint=f"There are: {known}.")
    return found


def document_of(key: str) -> Document:
    """The sample's document. Raises NotFound."""
    return dict(_read(named(key).key))


@cache
def _read(key: str) -> Document:
    name = f"{key}.yml"
    return textual.document_of((FOLDER / name).read_text(), name)
