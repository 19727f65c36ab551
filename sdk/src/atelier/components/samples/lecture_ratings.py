"""Lecture Ratings: `lecture_ratings.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "lecture_ratings",
    "Lecture Ratings",
    "45,197 ratings, 1 to 5, of 400 lecturers by 1,753 students of ETH Zürich: student, lecturer, rating.",
    "recommendation",
    "teaching",
)
