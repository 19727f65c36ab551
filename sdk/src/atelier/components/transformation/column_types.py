"""A column as another type, or a sentence that names the first value which is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelier.components import views
from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    import pandas as pd

STRING, INTEGER, DOUBLE, BOOLEAN, DATETIME = "String", "Integer", "Double", "Boolean", "DateTime"
TYPES = (STRING, INTEGER, DOUBLE, BOOLEAN, DATETIME)
TRUTHS = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}


def converted(values: pd.Series, name: str, wanted: str, date_format: str | None = None) -> pd.Series:
    """The values as the wanted type; as they are for another word. Gaps and empty texts are missing. Raises ComponentError."""

    if wanted not in TYPES:
        return values
    if wanted == STRING:
        return values.astype("string").astype("str")
    known = _without_empty_texts(values)
    if wanted == DATETIME:
        found = _times(known, name, date_format)
    elif wanted == BOOLEAN:
        found = known.map(lambda one: TRUTHS.get(str(one).strip().lower()), na_action="ignore")
    else:
        found = _numbers(known)
        if wanted == INTEGER:
            found = found.where(found.isna() | (found % 1 == 0))
    wrong = known[found.isna() & known.notna()]
    if len(wrong):
        said = f"{views.plain(wrong.iloc[0])!r} in {name!r} is no {wanted}"
        more = {1: ".", 2: ", nor is one more value."}.get(len(wrong), f", nor are {len(wrong) - 1} more values.")
        raise ComponentError(said + more, parameter="data_type", port="dataset")
    return _typed(found, wanted)


def without_categories(values: pd.Series) -> pd.Series:
    """The same values as what the categories are; whole numbers with gaps as floating ones."""
    import pandas as pd

    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    kind = values.cat.categories.dtype
    is_whole = pd.api.types.is_integer_dtype(kind) and bool(values.isna().any())
    return values.astype("float64" if is_whole else kind)


def _without_empty_texts(values: pd.Series) -> pd.Series:
    import pandas as pd

    values = without_categories(values)
    if values.dtype == object or pd.api.types.is_string_dtype(values):
        return values.map(lambda one: None if str(one).strip() == "" else one, na_action="ignore")
    return values


def _numbers(values: pd.Series) -> pd.Series:
    """The numbers that texts say; whole ones to the last digit, beside gaps too."""
    import pandas as pd

    known = values.dropna()
    found = pd.to_numeric(known, errors="coerce")
    if len(known) < len(values) and pd.api.types.is_integer_dtype(found):
        return found.astype("Int64").reindex(values.index)
    return pd.to_numeric(values, errors="coerce")


def _times(values: pd.Series, name: str, date_format: str | None) -> pd.Series:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        if not date_format:
            said = f"{name!r} holds numbers: say how they are to be read as times (Date time format), such as %Y%m%d."
            raise ComponentError(said, parameter="date_format", port="dataset")
        values = values.map(lambda one: f"{one:g}" if one != one // 1 else str(int(one)), na_action="ignore")
    try:
        return pd.to_datetime(values, errors="coerce", format=date_format or None)
    except ValueError as error:
        said = f"{date_format!r} is no form of a date: {error}"
        raise ComponentError(said, parameter="date_format") from error


def _typed(values: pd.Series, wanted: str) -> pd.Series:
    has_gaps = bool(values.isna().any())
    if wanted == INTEGER:
        return values.astype("Int64" if has_gaps else "int64")
    if wanted == DOUBLE:
        return values.astype("float64")
    if wanted == BOOLEAN:
        return values.astype("boolean" if has_gaps else "bool")
    return values
