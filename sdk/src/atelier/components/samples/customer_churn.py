"""Customer Churn: `customer_churn.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "customer_churn",
    "Customer Churn",
    "7,043 customers of a telephone company with their contracts and charges: who has left?",
    "classification",
    "telco",
)
