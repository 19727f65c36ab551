"""The types of connections and the kinds of credentials, by the names job and connection files use."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a credential, or of where a service is."""

    name: str
    label: str
    is_long: bool = False  # more than a line
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Credential:
    """A kind of credential and its parts. All of them are sealed."""

    kind: str
    label: str
    fields: tuple[Field, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of connection: how its target is called, what else says where it is, which credentials open it."""

    type: str
    label: str
    target: str = "Address"
    target_hint: str = ""
    needs_target: bool = True
    target_names: tuple[str, ...] = ()  # how files may call the target instead
    places: tuple[Field, ...] = ()  # kept in the metadata; they say where it is, as the target does
    credentials: tuple[str, ...] = ()


def _by_kind(*found: Credential) -> Mapping[str, Credential]:
    return MappingProxyType({each.kind: each for each in found})


CREDENTIALS = _by_kind(
    Credential("none", "None", hint="The service is open to everybody who reaches it."),
    Credential("pat", "Personal access token", (Field("pat", "Token"),)),
    Credential("api_key", "API key", (Field("key", "Key"),)),
    Credential("username_password", "User name and password", (Field("username", "User name"), Field("password", "Password"))),
    Credential("sas", "SAS token", (Field("sas_token", "SAS token"),)),
    Credential("account_key", "Account key", (Field("account_key", "Account key"),)),
    Credential(
        "access_key", "Access key", (Field("access_key_id", "Access key id"), Field("secret_access_key", "Secret access key"))
    ),
    Credential(
        "service_principal",
        "Service principal",
        (Field("tenant_id", "Tenant id"), Field("client_id", "Client id"), Field("client_secret", "Client secret")),
    ),
    Credential(
        "managed_identity",
        "Managed identity",
        (Field("client_id", "Client id", is_optional=True), Field("resource_id", "Resource id", is_optional=True)),
        hint="For machines in Azure that have an identity of their own.",
    ),
    Credential("aad", "Microsoft Entra ID", hint="For machines in Azure: whoever uses the connection signs in."),
    Credential(
        "custom_keys", "Keys of your own", (Field("keys", "Keys", is_long=True),), hint="One NAME=value a line."
    ),
)  # fmt: skip

_KEYED = ("api_key", "aad")
_SQL = ("username_password", "service_principal", "managed_identity", "none")


def _by_type(*found: Kind) -> Mapping[str, Kind]:
    return MappingProxyType({each.type: each for each in found})


KINDS = _by_type(
    Kind("git", "Git repository", "Repository", "https://github.com/acme/vision", credentials=("pat", "username_password", "none")),
    Kind(
        "python_feed", "Python package feed", "Index", "https://pkgs.example.org/simple/",
        credentials=("pat", "username_password", "sas", "api_key", "none"),
    ),
    Kind(
        "container_registry", "Container registry", "Registry", "registry.example.org",
        credentials=("username_password", "pat", "managed_identity", "service_principal", "none"),
    ),
    Kind("s3", "Amazon S3 or compatible", "Bucket or endpoint", "https://bucket.s3.eu-central-1.amazonaws.com",
         credentials=("access_key", "none")),
    Kind("snowflake", "Snowflake", "JDBC address", "jdbc:snowflake://acme.snowflakecomputing.com/?db=SALES&warehouse=WH",
         credentials=("username_password", "service_principal", "none")),
    Kind("azure_sql_db", "Azure SQL database", "Server and database", "Server=tcp:acme.database.windows.net,1433;Database=sales",
         credentials=_SQL),
    Kind("azure_synapse_analytics", "Azure Synapse Analytics", "Server and database", credentials=_SQL),
    Kind("azure_my_sql_db", "Azure Database for MySQL", "Server and database", credentials=_SQL),
    Kind("azure_postgres_db", "Azure Database for PostgreSQL", "Server and database", credentials=_SQL),
    Kind(
        "azure_blob", "Azure Blob Storage", "Address", needs_target=False, target_names=("url",),
        places=(Field("account_name", "Account"), Field("container_name", "Container")),
        credentials=("account_key", "sas", "service_principal", "aad"),
    ),
    Kind("azure_data_lake_gen2", "Azure Data Lake Gen2", "Address", "https://acme.dfs.core.windows.net/files",
         credentials=("account_key", "sas", "service_principal", "aad")),
    Kind(
        "azure_one_lake", "OneLake", "Address", needs_target=False,
        places=(
            Field("endpoint", "Endpoint", is_optional=True), Field("one_lake_workspace_name", "Workspace", is_optional=True),
            Field("artifact_name", "Artifact", is_optional=True),
        ),
        credentials=("service_principal", "aad"),
    ),
    Kind("api_key", "Service with an API key", "Base address", "https://api.example.org/v1", target_names=("api_base",),
         credentials=("api_key",)),
    Kind(
        "azure_open_ai", "Azure OpenAI", "Endpoint", target_names=("azure_endpoint", "api_base"),
        places=(Field("api_version", "API version", is_optional=True), Field("open_ai_resource_id", "Resource id", is_optional=True)),
        credentials=_KEYED,
    ),
    Kind("open_ai", "OpenAI", "Base address", needs_target=False, target_names=("api_base",), credentials=("api_key",)),
    Kind("serp", "Serp", "Address", needs_target=False, credentials=("api_key",)),
    Kind("serverless", "Serverless endpoint", "Endpoint", target_names=("endpoint",), credentials=("api_key", "aad")),
    Kind("azure_ai_services", "Azure AI services", "Endpoint", target_names=("endpoint",),
         places=(Field("ai_services_resource_id", "Resource id", is_optional=True),), credentials=_KEYED),
    Kind("azure_ai_search", "Azure AI Search", "Endpoint", target_names=("endpoint",), credentials=_KEYED),
    Kind("azure_content_safety", "Azure AI Content Safety", "Endpoint", target_names=("endpoint",), credentials=_KEYED),
    Kind("azure_speech_services", "Azure AI Speech", "Endpoint", target_names=("endpoint",), credentials=_KEYED),
    Kind("custom", "Anything else", "Address", needs_target=False, credentials=tuple(CREDENTIALS)),
)  # fmt: skip

# Other spellings met in files, after case, dashes and underscores are put aside.
_TYPE_NAMES = {
    "customkeys": "custom",
    "adlsgen2": "azure_data_lake_gen2",
    "cognitivesearch": "azure_ai_search",
    "aiservices": "azure_ai_services",
}
_CREDENTIAL_NAMES = {"accesstoken": "pat", "usernameandpassword": "username_password", "apikey": "api_key"}


def type_named(text: str) -> str:
    """The type a file means, however it spells it (`AzureSqlDb`, `azure_sql_db`); empty when there is none."""
    return _named(text, KINDS, _TYPE_NAMES)


def credential_named(text: str) -> str:
    """The kind of credential a file means; empty when there is none."""
    return _named(text, CREDENTIALS, _CREDENTIAL_NAMES)


def _named(text: str, known: Mapping[str, object], others: Mapping[str, str]) -> str:
    plain = text.casefold().replace("_", "").replace("-", "").replace(" ", "")
    same = next((name for name in known if name.replace("_", "") == plain), "")
    return same or others.get(plain, "")
