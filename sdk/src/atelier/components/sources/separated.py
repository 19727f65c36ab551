"""Text with separators as a data frame: a row that is longer than the header is an error, not a loss."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from atelier.components import column_names

if TYPE_CHECKING:
    import pandas as pd


def read(source: Any, *, separator: str, has_header: bool, **options: Any) -> pd.DataFrame:
    """The table of a file or a path; without a header its columns are Col1, Col2 … Raises ValueError for what is none."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame = pd.read_csv(
                source,
                sep=separator,
                header=0 if has_header else None,
                index_col=False,
                skipinitialspace=separator != "\t",
                **options,
            )
        except pd.errors.ParserWarning as warning:
            raise ValueError("a row has more values than the header has names") from warning
    names = frame.columns if has_header else [f"Col{number + 1}" for number in range(len(frame.columns))]
    return frame.set_axis(column_names.each_once(map(str, names)), axis=1)
