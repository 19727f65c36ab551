"""A table as its plan: every change gives another table, and nothing is read before its rows are asked for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from mltable import plan
from mltable.problems import PlanError
from mltable.types import spec_of

if TYPE_CHECKING:
    import pandas
    import polars

Columns = Union[str, Sequence[str]]


class MLTable:
    """Files, how they are read, and steps over their rows. Made by `mltable.load` and the functions beside it."""

    def __init__(self, document: Mapping[str, Any], base: Path) -> None:
        self._document = dict(document)
        self._base = base
        self._plan = plan.parse(_dump(self._document))

    @classmethod
    def of_text(cls, text: str, base: Path) -> MLTable:
        """The table of an MLTable file's text, whose paths begin at `base`. Raises PlanError, which names the line."""
        import yaml

        plan.parse(text)
        return cls(yaml.safe_load(text), base)

    def __repr__(self) -> str:
        return _dump(self._document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MLTable) and (self._plan, self._base) == (other._plan, other._base)

    __hash__ = None  # type: ignore[assignment]

    @property
    def paths(self) -> list[dict[str, str]]:
        """Where its files are, as they were given."""
        return [{place.kind: place.value} for place in self._plan.places]

    def take(self, count: int = 20) -> MLTable:
        """The first rows."""
        return self._with("take", count)

    def skip(self, count: int) -> MLTable:
        """All but the first rows."""
        return self._with("skip", count)

    def take_random_sample(self, probability: float, seed: int | None = None) -> MLTable:
        """Each row with this probability; the same rows for the same seed."""
        return self._with(
            "take_random_sample", {"probability": probability, **({} if seed is None else {"seed": seed})}
        )

    def filter(self, expression: str) -> MLTable:
        """The rows for which a condition holds: `col("price") > 100 and not (col("make") == "saab")`."""
        return self._with("filter", str(expression))

    def keep_columns(self, columns: Columns) -> MLTable:
        return self._with("keep_columns", _names(columns))

    def drop_columns(self, columns: Columns) -> MLTable:
        return self._with("drop_columns", _names(columns))

    def convert_column_types(self, column_types: Mapping[Any, Any]) -> MLTable:
        """Columns as another type: `{"price": DataType.to_float(), ("a", "b"): DataType.to_int()}`."""
        given = [{"columns": _names(columns), "column_type": spec_of(kind)} for columns, kind in column_types.items()]
        return self._with("convert_column_types", given)

    def extract_columns_from_partition_format(self, partition_format: str) -> MLTable:
        """Columns out of the files' paths: `/{department}/{day:yyyy/MM/dd}/sales.csv`."""
        return self._with("extract_columns_from_partition_format", {"partition_format": partition_format})

    def to_polars(self) -> polars.DataFrame:
        """All rows as a Polars frame."""
        from mltable import executing

        return executing.collect(self._plan, self._base)

    def to_pandas_dataframe(self) -> pandas.DataFrame:
        """All rows as a pandas frame."""
        return self.to_polars().to_pandas()

    def show(self, count: int = 20) -> pandas.DataFrame:
        """The first rows as a pandas frame."""
        return self.take(count).to_pandas_dataframe()

    def save(
        self,
        path: str | Path | None = None,
        overwrite: bool = True,
        colocated: bool = False,
        show_progress: bool = False,
        if_err_remove_files: bool = True,
    ) -> MLTable:
        """Writes the MLTable file into a folder, the current one by default, and answers the table that lies there.

        Files of this machine that do not lie below the folder are copied into it, and with `colocated` all of them are.
        """
        from mltable import saving

        folder = Path(path).expanduser().resolve() if path is not None else Path.cwd()
        document = saving.placed(self._document, self._plan, self._base, folder, colocated, overwrite)
        target = folder / plan.FILE_NAME
        if target.exists() and not overwrite:
            raise PlanError(f"There is a file {target} already.")
        folder.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{plan.FILE_NAME}.new")
        fresh.write_text(_dump(document), encoding="utf-8")
        shutil.move(fresh, target)
        return MLTable(document, folder)

    def _with(self, name: str, value: Any) -> MLTable:
        steps = [*(self._document.get("transformations") or []), {name: value}]
        return MLTable({**self._document, "transformations": steps}, self._base)


def _names(columns: Columns) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)


def _dump(document: Mapping[str, Any]) -> str:
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return str(yaml.dump(dict(document), Dumper=Plain, sort_keys=False, allow_unicode=True))
