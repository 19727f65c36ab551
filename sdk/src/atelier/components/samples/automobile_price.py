"""Automobile Price: `automobile_price.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "automobile_price",
    "Automobile Price",
    "205 cars of 1985 with make, body style, engine, fuel use and price; some values are missing.",
    "regression",
    "cars",
)
