"""What the files of an output hold, looked at before it is registered, so that its version is ready at once."""

import logging
from collections.abc import Sequence
from typing import Any

from registry.data.assets import inspecting
from registry.data.assets.found import Found
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataAsset, DataType, DataVersion
from registry.data.datastores import opening
from runs.tracking.data.models import OutputFile, RunOutput
from studio.errors import Invalid, StudioError

logger = logging.getLogger(__name__)
MOST_BYTES = 256 * 1024 * 1024  # a runner waits for the answer
MOST_MLTABLE_BYTES = 1_000_000
MLTABLE = "MLTable"


def facts(output: RunOutput, rows: Sequence[OutputFile]) -> tuple[str, dict[str, Any]]:
    """Why these files can't be what the output says, or "", and the columns of a version that come from looking into them."""
    try:
        return "", _facts(output, rows)
    except Invalid as error:
        return error.message[:1000], {}
    except StudioError as error:  # the reading process is busy or away: a version does without its schema
        logger.warning("the output %s is registered without its schema: %s", output, error.message)
        return "", {}


def data_files(rows: Sequence[OutputFile]) -> list[DataFile]:
    return [DataFile(row.path, row.size, row.sha256, row.etag) for row in rows]


def _facts(output: RunOutput, rows: Sequence[OutputFile]) -> dict[str, Any]:
    assert output.datastore is not None
    version = DataVersion(
        asset=DataAsset(workspace=output.run.workspace, name=output.asset_name, type=output.type),
        datastore=output.datastore,
        path=output.path,
    )
    if output.type == DataType.TABLE:
        version.mltable = _mltable(output, rows)
    if sum(row.size for row in rows) > MOST_BYTES:
        return {"mltable": version.mltable} if version.mltable else {}
    return inspecting.facts(version, _found(output, rows), data_files(rows))


def _found(output: RunOutput, rows: Sequence[OutputFile]) -> list[Found]:
    assert output.datastore is not None
    store = opening.file_store(output.datastore)
    found = []
    for row in rows:
        place = output.path if output.type == DataType.FILE else f"{output.path}/{row.path}".lstrip("/")
        entry = store.stat(place)
        if entry is None:
            raise Invalid("data_missing", f"The file {row.path} is not there any more.")
        found.append(Found(row.path, store, place, entry))
    return found


def _mltable(output: RunOutput, rows: Sequence[OutputFile]) -> str:
    own = next((row for row in rows if row.path == MLTABLE), None)
    if own is None:
        raise Invalid("bad_mltable", f"The output {output.name} is an mltable and holds no file named {MLTABLE}.")
    if own.size > MOST_MLTABLE_BYTES:
        raise Invalid("bad_mltable", "The MLTable file is larger than a megabyte.")
    assert output.datastore is not None
    store = opening.file_store(output.datastore)
    try:
        return b"".join(store.read(f"{output.path}/{MLTABLE}".lstrip("/"))).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("bad_mltable", "The MLTable file is no text in UTF-8.") from None
