"""Flight Delays: `flight_delays.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "flight_delays",
    "Flight Delays",
    "12,000 flights from New York in 2013 with the weather at departure and the delay at arrival.",
    "regression",
    "classification",
    "weather",
)
