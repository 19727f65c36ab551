"""Food Reviews: `food_reviews.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "food_reviews",
    "Food Reviews",
    "1,500 reviews of food in English, each great or other.",
    "text",
    "sentiment",
    "classification",
)
