"""The bodies that an inference pipeline takes, and how each is answered.

| body | shape |
|---|---|
| the designer's | `{"Inputs": {"WebServiceInput0": [{…}, …]}, "GlobalParameters": {}}` |
| MLflow's and Azure's | `dataframe_split`, `dataframe_records`, `instances`, `inputs`, `input_data` |
| plain | `[{…}, …]`, `{"data": …}`, or one row `{…}` |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atelier.components.inference.columns import Wanted
from atelier.serving import payloads, signatures
from atelier.serving.payloads import Frame
from atelier.serving.problems import bad_request

INPUTS, PARAMETERS = "Inputs", "GlobalParameters"


class Asked(NamedTuple):
    """Rows as columns, the parameters beside them, and whether the answer is to be the designer's."""

    frame: Frame
    parameters: dict[str, Any]
    is_designers: bool


def read(body: Any, wanted: Sequence[Wanted]) -> Asked:
    """What a parsed body asks. Raises Problem for one that has none of the shapes."""
    signature = _signature(wanted)
    if isinstance(body, Mapping) and INPUTS in body:
        parameters = body.get(PARAMETERS) or {}
        if not isinstance(parameters, Mapping):
            raise bad_request(f"{PARAMETERS} must be an object.")
        return Asked(_rows(_named(body[INPUTS]), signature), dict(parameters), True)
    if isinstance(body, Mapping) and any(form in body for form in payloads.FORMS):
        payload = payloads.of_json(dict(body))
        frame = payloads.frame_of(payload, signature)
        if frame is None:
            raise bad_request(f"{payload.form} must be rows by name, or columns by name that are equally long.")
        return Asked(frame, payload.params or {}, False)
    plain = body["data"] if isinstance(body, Mapping) and set(body) == {"data"} else body
    return Asked(_rows(plain, signature), {}, False)


def _named(inputs: Any) -> Any:
    """The rows of the one input, whatever it is called."""
    if not isinstance(inputs, Mapping) or len(inputs) != 1:
        count = len(inputs) if isinstance(inputs, Mapping) else 0
        raise bad_request(f'"{INPUTS}" must be an object with one input, such as "WebServiceInput0"; it has {count}.')
    return next(iter(inputs.values()))


def _rows(rows: Any, signature: signatures.Signature) -> Frame:
    if isinstance(rows, Mapping):
        names, values = rows.get("ColumnNames", rows.get("columns")), rows.get("Values", rows.get("data"))
        if isinstance(names, list) and isinstance(values, list):
            split = payloads.of_json({payloads.SPLIT: {"columns": names, "data": values}})
            found = payloads.frame_of(split, signature)
            assert found is not None
            return found
        rows = [rows]
    if isinstance(rows, list) and rows and all(isinstance(row, Mapping) for row in rows):
        frame = payloads.frame_of(payloads.Payload(payloads.RECORDS, rows, None), signature)
    else:
        frame = payloads.frame_of(payloads.Payload(payloads.INSTANCES, rows, None), signature) if rows else None
    if frame is None:
        raise bad_request('The rows must be a list of objects, one a row: [{"column": value}, …].')
    return frame


def _signature(wanted: Sequence[Wanted]) -> signatures.Signature:
    columns = tuple(signatures.Column(one.name, one.type, one.required, {}) for one in wanted if one.is_read)
    return signatures.Signature(columns, (), ())
