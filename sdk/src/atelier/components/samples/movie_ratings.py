"""Movie Ratings: `movie_ratings.parquet`, made by `make.py`; where it comes from is in README.md."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_file(
    "movie_ratings",
    "Movie Ratings",
    "43,571 ratings of 500 films by 530 people: user, movie, rating (MovieLens, not for commercial use).",
    "recommendation",
    "movielens",
)
