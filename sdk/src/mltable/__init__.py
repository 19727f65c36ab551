"""Tables made of files, by the file MLTable that describes them.

import mltable

table = mltable.load("azureml:cars@latest")
frame = table.filter('col("price") > 100').keep_columns(["make", "price"]).to_pandas_dataframe()
"""

from mltable.loading import (
    from_delimited_files,
    from_delta_lake,
    from_json_lines_files,
    from_parquet_files,
    from_paths,
    load,
)
from mltable.problems import PlanError
from mltable.table import MLTable
from mltable.types import DataType, MLTableFileEncoding, MLTableHeaders

__all__ = [
    "DataType",
    "MLTable",
    "MLTableFileEncoding",
    "MLTableHeaders",
    "PlanError",
    "from_delimited_files",
    "from_delta_lake",
    "from_json_lines_files",
    "from_parquet_files",
    "from_paths",
    "load",
]
