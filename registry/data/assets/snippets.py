"""Lines that use a version: in a job file, from Python, from a shell."""

import json
import shlex
from dataclasses import dataclass

from registry.data.assets import files
from registry.data.assets.models import DataType, DataVersion
from registry.data.reading import tables


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to copy, and what they are for."""

    tool: str
    text: str
    about: str = ""


READERS = {
    ("pandas", "delimited"): "pd.read_csv({path})",
    ("pandas", "parquet"): "pd.read_parquet({path})",
    ("pandas", "json_lines"): "pd.read_json({path}, lines=True)",
    ("pandas", "arrow"): "pd.read_feather({path})",
    ("polars", "delimited"): "pl.scan_csv({path})",
    ("polars", "parquet"): "pl.scan_parquet({path})",
    ("polars", "json_lines"): "pl.scan_ndjson({path})",
    ("polars", "arrow"): "pl.scan_ipc({path})",
}
IMPORTS = {"pandas": "import pandas as pd", "polars": "import polars as pl"}


def snippets(version: DataVersion) -> list[Snippet]:
    """The job file first: that is how runs and data come to know each other."""
    return [_job_file(version), _script(version), _package(version), *_frames(version), _shell(version)]


def _job_file(version: DataVersion) -> Snippet:
    name = _word(version.asset.name)
    text = (
        f"command: python main.py --data ${{{{inputs.{name}}}}}\ninputs:\n  {name}:\n    type: {version.asset.type}\n"
        f"    path: {version.reference}\n    mode: ro_mount"
    )
    return Snippet("Job file", text, "The run's page links here, and this version's lineage links to the run.")


def _script(version: DataVersion) -> Snippet:
    text = "import argparse\n\nparser = argparse.ArgumentParser()\n"
    text += 'parser.add_argument("--data")\n'
    if version.asset.type == DataType.TABLE:
        text += (
            "\nimport mltable\n\ntable = mltable.load(parser.parse_args().data)\nframe = table.to_pandas_dataframe()"
        )
        return Snippet("The script of the job", text, "mltable is offered inside job environments.")
    what = "a file" if version.asset.type == DataType.FILE else "a folder"
    text += f"path = parser.parse_args().data  # the path of {what}"
    return Snippet("The script of the job", text)


def _package(version: DataVersion) -> Snippet:
    asset = version.asset
    text = (
        f"import atelier\n\nws = atelier.Workspace({_text(asset.workspace.slug)})\n"
        f"version = ws.data.get({_text(asset.name)}, {_text(version.version)})\n"
        f"version.download({_text('./' + asset.name)})"
    )
    if version.schema:
        text += "\nframe = version.to_polars()  # or to_pandas()"
    return Snippet("Python", text)


def _frames(version: DataVersion) -> list[Snippet]:
    """Reading it with pandas and Polars, where it is a table."""
    format = str(version.reading.get("format") or "")
    if version.state != DataVersion.State.READY or version.asset.type == DataType.TABLE:
        return []
    names = [file.path for file in files.listing(version) if tables.ending_format(file.path) == format]
    if not names or (version.asset.type != DataType.FILE and len(names) > 1):
        return []
    path = _text(f"./{version.asset.name}/{names[0]}")
    found = []
    for tool, line in IMPORTS.items():
        reader = READERS.get((tool, format))
        if reader is not None:
            found.append(Snippet(tool, f"{line}\n\nframe = {reader.format(path=path)}"))
    return found


def _shell(version: DataVersion) -> Snippet:
    name, to = shlex.quote(version.asset.name), shlex.quote(f"./{version.asset.name}")
    return Snippet("Shell", f"atelier data download {name} --version {shlex.quote(version.version)} --to {to}")


def _text(value: str) -> str:
    """As Python reads it."""
    return json.dumps(value, ensure_ascii=False)


def _word(name: str) -> str:
    """A name as inputs may have it."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
    return plain if plain[:1].isalpha() else f"data_{plain}"
