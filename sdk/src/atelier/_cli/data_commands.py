"""The commands of data, datastores, dataflows, secrets and connections, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_STORE = arg("name", metavar="DATASTORE", help="the datastore's name")
_ASSET = arg("name", metavar="DATA", help="the asset's name, or a reference such as azureml:cars:3")
_FLOW = arg("name", metavar="DATAFLOW", help="the dataflow's name")
_VERSION = arg("--version", metavar="REF", default="latest", help="a version, or latest (the default)")
_FLOW_VERSION = arg("--version", metavar="REF", help="a saved version, latest or draft (default: the newest saved one)")
_LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")
_YES = arg("--yes", action="store_true", help="do not ask")
_FILE = arg("-f", "--file", metavar="FILE", help="the YAML file that describes it")

DATASTORE = (
    Verb(
        "create",
        "Register a datastore of a YAML file.",
        "atelier datastore create -f store.yml",
        "datastores.create",
        (
            arg("-f", "--file", metavar="FILE", required=True, help="the YAML file that describes it"),
            arg("--default", action="store_true", help="let uploads go to it from now on"),
        ),
    ),
    Verb("list", "List datastores.", "atelier datastore list", "datastores.list_datastores"),
    Verb("show", "Show a datastore; a credential is never shown.", "atelier datastore show lake", "datastores.show", (_STORE,)),
    Verb("check", "Test the connection of a datastore.", "atelier datastore check lake", "datastores.check", (_STORE,)),
    Verb(
        "set-default",
        "Let uploads go to a datastore.",
        "atelier datastore set-default lake",
        "datastores.set_default",
        (_STORE,),
    ),
    Verb(
        "ls",
        "List what lies in a folder, or the tables of a database.",
        "atelier datastore ls lake raw/photos",
        "datastores.ls",
        (
            _STORE,
            arg("path", metavar="PATH", nargs="?", default="", help="the folder (default: the top)"),
            arg("--recursive", action="store_true", help="every file below it"),
            arg("--limit", type=int, default=1000, metavar="N", help="at most this many (default 1000)"),
        ),
    ),
    Verb(
        "upload",
        "Send a file or a folder; said again after a cut, it goes on where it was.",
        "atelier datastore upload lake ./photos raw/photos",
        "datastores.upload",
        (
            _STORE,
            arg("local", metavar="LOCAL", help="the file or folder here"),
            arg("path", metavar="PATH", nargs="?", default="", help="where to; a file goes below a path that ends with /"),
            arg("--overwrite", action="store_true", help="replace files that are there"),
            arg("--skip-existing", action="store_true", help="leave files that are there with the same size"),
        ),
    ),
    Verb(
        "download",
        "Save a file or a folder; said again after a cut, it goes on where it was.",
        "atelier datastore download lake raw/photos --to photos",
        "datastores.download",
        (
            _STORE,
            arg("path", metavar="PATH", help="the file or folder there"),
            arg("--to", metavar="DIR", default=".", help="the folder to save to (default: here)"),
        ),
    ),
    Verb(
        "link",
        "Print an address of a file that needs no token.",
        "atelier datastore link lake raw/photos/1.png --seconds 600",
        "datastores.link",
        (_STORE, arg("path", metavar="PATH", help="the file"), arg("--seconds", type=int, metavar="N", help="valid for this long (default: an hour)")),
    ),
    Verb(
        "delete",
        "Forget a datastore (its files stay), or delete one file of it.",
        "atelier datastore delete lake raw/photos/1.png",
        "datastores.delete",
        (_STORE, arg("path", metavar="PATH", nargs="?", default="", help="the file to delete"), _YES),
    ),
)  # fmt: skip

DATA = (
    Verb(
        "create",
        "Make the next version of a data asset; files of this machine are sent first.",
        "atelier data create --name cars --path ./cars.csv --type uri_file",
        "data.create",
        (
            _FILE,
            arg("--name", help="the asset's name"),
            arg("--path", help="a file or folder here, azureml://datastores/…, azureml:NAME:VERSION or https://…"),
            arg("--type", choices=("uri_file", "uri_folder", "mltable"), help="what it is (default: what the path is)"),
            arg("--version", help="the version's name (default: counted)"),
            arg("--description", help="what it is"),
            arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="a tag to set (may be repeated)"),
            arg("--wait", action="store_true", help="wait until its files were read"),
        ),
    ),
    Verb(
        "list",
        "List data assets.",
        "atelier data list --type mltable",
        "data.list_data",
        (
            arg("-q", "--query", default="", help="only assets whose name or description has these words"),
            arg("--type", default="", choices=("uri_file", "uri_folder", "mltable"), help="only this type"),
            arg("--archived", action="store_true", help="archived assets instead"),
            _LIMIT,
        ),
    ),
    Verb("show", "Show a version of a data asset.", "atelier data show cars --version 3", "data.show", (_ASSET, _VERSION)),
    Verb("versions", "List the versions of a data asset, newest first.", "atelier data versions cars", "data.list_versions", (_ASSET, _LIMIT)),
    Verb("files", "List the files of a version.", "atelier data files cars", "data.files", (_ASSET, _VERSION)),
    Verb(
        "download",
        "Save the files of a version; said again after a cut, it goes on where it was.",
        "atelier data download cars --version 3 --to cars",
        "data.download",
        (_ASSET, _VERSION, arg("--to", metavar="DIR", help="the folder to save to (default: the asset's name)")),
    ),
    Verb(
        "profile",
        "Show what is in each column, working it out when nobody did.",
        "atelier data profile cars",
        "data.profile",
        (_ASSET, _VERSION, arg("--no-wait", action="store_true", help="begin it and do not wait")),
    ),
    Verb(
        "rows",
        "Print rows of a version.",
        'atelier data rows cars --where "price > 100" --limit 10',
        "data.rows",
        (
            _ASSET,
            _VERSION,
            arg("--where", default="", metavar="CONDITION", help="a condition about the columns, as in SQL"),
            arg("--random", action="store_true", help="a random sample"),
            arg("--limit", type=int, default=20, metavar="N", help="at most this many (default 20)"),
        ),
    ),
    Verb(
        "sql",
        "Ask a version one SELECT; its table is called data.",
        'atelier data sql cars "select make, avg(price) from data group by make"',
        "data.sql",
        (_ASSET, arg("query", metavar="SQL", help="the question"), _VERSION),
    ),
    Verb("uses", "Show what used a version, and what it came from.", "atelier data uses cars", "data.uses", (_ASSET, _VERSION)),
    Verb(
        "archive",
        "Take an asset, or one version, out of the lists.",
        "atelier data archive cars --version 2",
        "data.archive",
        (
            _ASSET,
            arg("--version", metavar="REF", help="only this version"),
            arg("--restore", action="store_true", help="bring it back instead"),
        ),
    ),
    Verb(
        "delete",
        "Delete a version, or an asset with all of them.",
        "atelier data delete cars --version 2",
        "data.delete",
        (_ASSET, arg("--version", metavar="REF", help="only this version"), _YES),
    ),
)  # fmt: skip

DATAFLOW = (
    Verb("list", "List dataflows.", "atelier dataflow list", "dataflows.list_flows", (_LIMIT,)),
    Verb("show", "Show the steps of a dataflow.", "atelier dataflow show clean", "dataflows.show", (_FLOW, _FLOW_VERSION)),
    Verb(
        "run",
        "Run a dataflow over everything, as a job.",
        "atelier dataflow run clean --as cars-clean --stream",
        "dataflows.run",
        (
            _FLOW,
            arg("--as", dest="asset", required=True, metavar="DATA", help="the data asset that the result becomes a version of"),
            _FLOW_VERSION,
            arg("--compute", default="", metavar="NAME", help="where it runs"),
            arg("--stream", action="store_true", help="print the log and end with the run's exit code"),
        ),
    ),
    Verb(
        "code",
        "Print a dataflow as a program.",
        "atelier dataflow code clean --for pandas",
        "dataflows.code",
        (_FLOW, _FLOW_VERSION, arg("--for", dest="library", choices=("polars", "pandas"), default="polars", help="the library (default polars)")),
    ),
    Verb(
        "download",
        "Prepare the data on this machine and save the result.",
        "atelier dataflow download clean --to clean.parquet",
        "dataflows.download",
        (_FLOW, _FLOW_VERSION, arg("--to", metavar="FILE", help="a .parquet or .csv file (default: the flow's name, .parquet)")),
    ),
)  # fmt: skip

SECRET = (
    Verb(
        "set",
        "Set the value of a secret: asked for, or read from standard input.",
        "atelier secret set token",
        "secrets.set_secret",
        (arg("name", metavar="NAME", help="the secret's name"), arg("--description", help="what it is for")),
    ),
    Verb("list", "List secrets, never their values.", "atelier secret list", "secrets.list_secrets"),
    Verb(
        "delete",
        "Delete a secret with all its versions.",
        "atelier secret delete token",
        "secrets.delete",
        (arg("name", metavar="NAME", help="the secret's name"), _YES),
    ),
)

_CONNECTION = arg("name", metavar="CONNECTION", help="the connection's name")
CONNECTION = (
    Verb(
        "create",
        "Make a connection of a YAML file.",
        "atelier connection create -f git.yml",
        "secrets.create_connection",
        (arg("-f", "--file", metavar="FILE", required=True, help="the YAML file that describes it"),),
    ),
    Verb("list", "List connections.", "atelier connection list", "secrets.list_connections"),
    Verb(
        "show",
        "Show a connection; its credential is never shown.",
        "atelier connection show git",
        "secrets.show_connection",
        (_CONNECTION,),
    ),
    Verb(
        "delete",
        "Delete a connection with its credential.",
        "atelier connection delete git",
        "secrets.delete_connection",
        (_CONNECTION, _YES),
    ),
)

ADDRESS_RULE = (
    Verb("list", "List address rules (administrators).", "atelier address-rule list", "address_rules.list_rules"),
    Verb(
        "create",
        "Let a place here stand for the addresses that begin with a prefix (administrators).",
        "atelier address-rule create https://data.example.org/ mirror data.example.org",
        "address_rules.create",
        (
            arg("prefix", metavar="PREFIX", help="how the addresses begin"),
            arg("datastore", metavar="DATASTORE", help="the datastore, in whatever workspace asks"),
            arg("path", metavar="PATH", nargs="?", default="", help="the folder in it (default: the top)"),
            arg("--note", default="", help="why there is this rule"),
        ),
    ),
    Verb(
        "delete",
        "Delete an address rule (administrators).",
        "atelier address-rule delete 3",
        "address_rules.delete",
        (arg("rule", metavar="RULE", type=int, help="the rule's number"),),
    ),
    Verb(
        "where",
        "Print where the data of an address is read from here.",
        "atelier address-rule where https://data.example.org/cars.csv",
        "address_rules.where",
        (arg("uri", metavar="ADDRESS", help="the address"),),
    ),
)
