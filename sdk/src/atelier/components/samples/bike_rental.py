"""Bike Rental: `bike_rental.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "bike_rental",
    "Bike Rental",
    "Bikes rented in Washington in each of 8,645 hours, with season, weather and temperature.",
    "regression",
    "demand",
    "time",
)
