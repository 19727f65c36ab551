"""How data is named."""

import pytest

from registry.data import uris
from registry.data.uris import AssetRef, DatastorePath, Web
from studio.errors import Invalid

FULL = "subscriptions/0-0/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws"
SHORT = "subscriptions/0-0/resourcegroups/rg/workspaces/ws"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("azureml:cars@latest", AssetRef("cars", label="latest")),
        ("azureml:cars", AssetRef("cars", label="latest")),
        ("azureml:cars:3", AssetRef("cars", version="3")),
        ("azureml:cars:2026-01.a_b", AssetRef("cars", version="2026-01.a_b")),
        ("azureml:cars:latest", AssetRef("cars", label="latest")),
        ("azureml://datastores/images/paths/cats/1.png", DatastorePath("images", "cats/1.png")),
        ("azureml://datastores/images/paths/cats/", DatastorePath("images", "cats")),
        ("azureml://datastores/images/paths/", DatastorePath("images")),
        ("azureml://datastores/images", DatastorePath("images")),
        (f"azureml://{SHORT}/datastores/images/paths/cats/1.png", DatastorePath("images", "cats/1.png")),
        (f"/{FULL}/datastores/images/paths/cats", DatastorePath("images", "cats")),
        (f"/{FULL}/data/cars/versions/3", AssetRef("cars", version="3")),
        (f"azureml:/{FULL}/data/cars/versions/3", AssetRef("cars", version="3")),
        (f"azureml://{SHORT}/data/cars/versions/3", AssetRef("cars", version="3")),
        (f"/{FULL}/data/cars/labels/latest", AssetRef("cars", label="latest")),
        ("azureml://locations/westeurope/workspaces/0-1/data/cars/versions/3", AssetRef("cars", version="3")),
        ("azureml://registries/azureml/data/cars/versions/3", AssetRef("cars", version="3")),
        ("azureml://registries/azureml/data/cars/labels/latest", AssetRef("cars", label="latest")),
        ("https://host.example.org/a/b.csv?x=1", Web("https://host.example.org/a/b.csv?x=1")),
        ("wasbs://box@account.blob.core.windows.net/a", Web("wasbs://box@account.blob.core.windows.net/a")),
        ("abfss://fs@account.dfs.core.windows.net/a/b", Web("abfss://fs@account.dfs.core.windows.net/a/b")),
        ("s3://bucket/key", Web("s3://bucket/key")),
    ],
)
def test_every_spelling_is_read(text: str, wanted: uris.Named) -> None:
    assert uris.is_reference(text)
    assert uris.parse(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "./local.csv",
        "cars",
        "azureml:",
        "azureml:a b",
        "azureml:cars@newest",
        "azureml:cars:1:2",
        "azureml:../x",
        "azureml://datastores/images/paths/../../etc/passwd",
        "azureml://datastores/images/paths/a//b",
        "azureml://datastores/images/paths/a\\b",
        "azureml://jobs/x",
        f"azureml://{SHORT}/models/x",
        "https://",
        "https://me:secret@host/a",
        "https://host:99999/",
        "ftp://host/a",
        "file:///etc/passwd",
        "https://host/a\nb",
        "azureml:" + "a" * 300,
    ],
)
def test_what_names_no_data_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        uris.parse(text)
    assert caught.value.message.endswith(".") and caught.value.code in ("bad_data_uri", "unsafe_path", "bad_data_name")


def test_what_is_written_can_be_read_again() -> None:
    for named in (AssetRef("cars", "3"), AssetRef("cars", label="latest"), DatastorePath("d", "a/b")):
        assert uris.parse(str(named)) == named


def test_a_bare_name_is_enough_where_an_asset_is_asked_for() -> None:
    assert uris.asset_ref("cars:2") == AssetRef("cars", "2")
    assert uris.asset_ref("cars") == AssetRef("cars", label="latest")
    with pytest.raises(Invalid, match="asset is asked for"):
        uris.asset_ref("azureml://datastores/d/paths/x")


def test_the_name_of_a_fetched_file_is_a_plain_one() -> None:
    assert uris.file_name(Web("https://h/a/my%20cars.csv?sig=1")) == "my cars.csv"
    assert uris.file_name(Web("https://h/")) == "file"
    assert uris.file_name(Web("https://h/a/..%2f..%2fetc")) == "etc"
