"""Adult Income: `adult_income.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "adult_income",
    "Adult Income",
    "10,000 people of the US census of 1994: who earns more than 50,000 dollars a year? With categories and missing values.",
    "classification",
    "census",
)
