"""The YAML of datastores: Azure's kinds where they can be reached, and the studio's own."""

import pytest

from registry.data.datastores import document
from studio.errors import Invalid


def read(text: str) -> document.Document:
    return document.read(text, "store.yml")


def test_an_azure_blob_file_is_read_as_azure_reads_it() -> None:
    found = read(
        """
$schema: https://azuremlschemas.azureedge.net/latest/azureBlob.schema.json
name: cars
type: azure_blob
description: Raw pictures
account_name: mystorage
container_name: cars
protocol: https
endpoint: core.windows.net
tags: {team: vision, year: 2024}
credentials:
  account_key: aHVzaA==
"""
    )
    assert (found.name, found.definition.kind, found.description) == ("cars", "azure_blob", "Raw pictures")
    assert found.definition.options == {"account_name": "mystorage", "container_name": "cars", "endpoint": ""}
    assert found.definition.credential == {"account_key": "aHVzaA=="} and found.tags == {
        "team": "vision",
        "year": "2024",
    }


def test_another_cloud_of_azures_has_another_address() -> None:
    found = read("{name: a, type: azure_blob, account_name: st, container_name: cars, endpoint: core.chinacloudapi.cn}")
    assert found.definition.options["endpoint"] == "https://st.blob.core.chinacloudapi.cn"
    assert found.definition.credential is None


def test_a_gen2_filesystem_is_reached_as_blobs() -> None:
    found = read(
        "{name: a, type: azure_data_lake_gen2, account_name: st, filesystem: cars, credentials: {sas_token: '?sv=1'}}"
    )
    assert found.definition.kind == "azure_blob" and found.definition.options["container_name"] == "cars"


@pytest.mark.parametrize(
    "text",
    [
        "{name: a, type: s3, bucket: cars, credentials: {access_key_id: 1234, secret_access_key: x}}",
        "{name: a, type: sftp, host: files.example.org, user: me, credentials: {password: 1234}}",
        "{name: a, type: sql, engine: postgresql, host: db.example.org, database: d, user: u}",
        "{name: a, type: gcs, bucket: cars}",
        "{name: a, type: local_folder}",
    ],
)
def test_the_studios_own_kinds_are_read(text: str) -> None:
    found = read(text)
    assert all(isinstance(value, str) for value in (found.definition.credential or {}).values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{name: a, type: azure_file, file_share_name: x}", "mount"),
        ("{name: a, type: azure_data_lake_gen1, store_name: x}", "no longer exists"),
        ("{name: a, type: one_lake}", "azure_blob"),
        ("{name: a, type: hdfs}", "mount"),
        ("{name: a, type: ftp}", "s3"),
        ("{name: a}", "type"),
        ("{name: 5, type: s3}", "text"),
        ("[1, 2]", "fields"),
        ("just text", "fields"),
        ("{name: [", "YAML"),
        ("a: &a [1]\nb: *a", "YAML"),
        ("{name: a, type: s3, bucket: b, credentials: hush}", "credentials"),
        (
            "{name: a, type: azure_blob, credentials: {tenant_id: x, client_id: y, client_secret: hush}}",
            "service principal",
        ),
        ("{name: a, type: s3, tags: 5}", "tags"),
        ("{1: 2}", "fields"),
    ],
)
def test_what_cannot_be_taken_is_said_and_no_value_repeated(text: str, said: str) -> None:
    with pytest.raises(Invalid) as raised:
        read(text)
    assert said in raised.value.message and "hush" not in raised.value.message and raised.value.fields
