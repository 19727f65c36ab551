"""Enter, Import and Export Data, Convert to CSV, and the sample data."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import catalogue, context, running, tables, values
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure

ARFF = """% weather
@relation weather
@attribute outlook {sunny, 'very rainy'}
@attribute temperature real
@attribute 'day of week' string
@attribute day date
@data
sunny, 21.5, mon, 2024-01-01
'very rainy', ?, 'tue, late', ?
"""


def test_a_table_is_typed_in_any_of_four_forms() -> None:
    csv = carried("enter_data_manually", data='a, a, "b c"\n1, x, 2024\n, y,')["dataset"].frame
    assert list(csv.columns) == ["a", "a.1", "b c"] and csv["a"].isna()[1]
    bare = carried("enter_data_manually", data="1\tx\n2\ty", data_format="TSV", has_header=False)["dataset"].frame
    assert list(bare.columns) == ["Col1", "Col2"] and len(bare) == 2
    arff = carried("enter_data_manually", data=ARFF, data_format="ARFF")["dataset"]
    assert arff.frame["day of week"].tolist() == ["mon", "tue, late"] and arff.column("outlook").is_categorical
    assert arff.frame["temperature"].isna()[1] and arff.frame["day"][0] == pd.Timestamp("2024-01-01")
    svm = carried("enter_data_manually", data="1 1:0.5 3:2\n-1 2:1", data_format="SvmLight")["dataset"]
    assert svm.label == "Labels" and svm.frame["Col3"].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"data": ""}, "Data is wanted."),
        ({"data": "a,b\n1,2,3,4"}, "The data can't be read"),
        ({"data": "@relation x", "data_format": "ARFF"}, "The data has no @attribute: it is no ARFF."),
        ({"data": "@attribute a real\n@data\n1, 2", "data_format": "ARFF"}, "Line 3: 1 values are wanted"),
        ({"data": "@attribute a real\n@data\nx", "data_format": "ARFF"}, "The column 'a' is not real"),
        ({"data": "spam eggs", "data_format": "SvmLight"}, "The data can't be read as SvmLight"),
    ],
)
def test_a_text_that_is_no_table_is_told(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ComponentError) as raised:
        carried("enter_data_manually", **given)
    assert raised.value.sentence.startswith(sentence) and raised.value.parameter == "data"


def test_files_are_imported_as_they_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Grüße vom Bau\nname;count\nä;1\nö;2\n".encode("latin-1"))
    options = {"file_format": "Delimited", "delimiter": "Semicolon", "skip_rows": 1, "encoding": "latin-1"}
    found = carried("import_data", {"source": tmp_path / "a.txt"}, **options)["dataset"].frame
    assert found["name"].tolist() == ["ä", "ö"] and found["count"].tolist() == [1, 2]
    folder = tmp_path / "folder" / "deeper"
    folder.mkdir(parents=True)
    pd.DataFrame({"x": [1]}).to_parquet(folder / "1.parquet")
    (folder / "2.jsonl").write_text('{"x": 2}\n')
    (folder / "_SUCCESS").write_text("")
    assert carried("import_data", {"source": tmp_path / "folder"})["dataset"].frame["x"].tolist() == [1, 2]


def test_what_cannot_be_imported_is_told(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="There is no table in "):
        carried("import_data", {"source": tmp_path})
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(ComponentError, match=r"a\.csv can't be read as Delimited"):
        carried("import_data", {"source": tmp_path})


@pytest.mark.parametrize("kind", ["CSV", "TSV", "JSON lines", "Parquet"])
def test_what_is_exported_is_imported_again(kind: str, tmp_path: Path) -> None:
    given = table(a=[1, 2], b=["x", None])
    own = context.Context(given_workdir=tmp_path)
    made = running.carry_out(
        catalogue.named("export_data"), {"dataset": given}, {"file_format": kind, "file_name": "rows"}, own
    )
    found = carried("import_data", {"source": made["exported_data"]})["dataset"].frame
    pd.testing.assert_frame_equal(found, given.frame, check_dtype=False)
    with pytest.raises(ComponentError, match=r"'\.\./x' is no name of a file"):
        carried("export_data", {"dataset": given}, file_name="../x")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "a.parquet",
            b"no parquet",
            "a.parquet could not be read as a table: it is no Parquet file, or only a part of one.",
        ),
        ("a.csv", b"\x95\xff\x00", "a.csv could not be read as a table: it is no text in UTF-8. Save it as UTF-8"),
        ("a.csv", b"", "a.csv could not be read as a table: it is empty."),
        ("a.csv", b"a,b\n1,2,3,4\n1\n1,2,3,4,5\n", "Expected 4 fields in line 4, saw 5. Correct the file there."),
    ],
)
def test_a_file_that_is_no_table_says_why_without_its_place_on_the_machine(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ComponentError) as raised:
        values.load(PortType.DATASET, tmp_path / name)
    assert sentence in raised.value.sentence and str(tmp_path) not in raised.value.sentence


def test_a_csv_file_is_a_value_that_any_table_port_takes(tmp_path: Path) -> None:
    own = context.Context(given_workdir=tmp_path)
    made = running.carry_out(catalogue.named("convert_to_csv"), {"dataset": table(a=[1])}, {}, own)
    values.store(PortType.FILE, made["results_dataset"], tmp_path / "stored")
    assert tables.load(tmp_path / "stored").frame["a"].tolist() == [1]


SAMPLES: dict[
    str, tuple[tuple[int, int], str, int]
] = {  # rows and columns, the column to predict, its different values
    "automobile_price": ((205, 26), "price", 186),
    "adult_income": ((10_000, 14), "income", 2),
    "customer_churn": ((7043, 20), "churn", 2),
    "food_reviews": ((1500, 2), "score", 2),
    "movie_ratings": ((43_571, 3), "rating", 10),
    "flight_delays": ((12_000, 15), "is_late", 2),
    "bike_rental": ((8645, 15), "bikers", 585),
    "iris": ((150, 5), "species", 3),
    "wine": ((178, 14), "grower", 3),
    "digits": ((1797, 65), "digit", 10),
    "breast_cancer": ((569, 31), "diagnosis", 2),
    "diabetes": ((442, 11), "progression", 214),
}


def test_every_sample_is_what_its_name_says() -> None:
    listed = [one.name for one in catalogue.every() if one.category == "Sample data"]
    found = {}
    for name in listed:
        given: Table = carried(name)["dataset"]
        found[name] = (given.frame.shape, SAMPLES[name][1], given.frame[SAMPLES[name][1]].nunique())
    assert found == SAMPLES


def test_samples_come_with_the_package_and_are_small() -> None:
    from atelier.components.samples import shipping

    kept: dict[str, Any] = {file.stem: file.stat().st_size for file in shipping.HERE.glob("*.parquet")}
    assert len(kept) == 7 and max(kept.values()) < 300_000
    told = (shipping.HERE / "README.md").read_text()
    assert all(f"`{name}.parquet`" in told for name in kept)
