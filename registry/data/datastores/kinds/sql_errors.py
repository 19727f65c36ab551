"""What a database says, as one of our sentences."""

from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places
from studio.errors import Invalid, StudioError, TooSlow
from studio.outbound import addresses

_MYSQL_KEY, _MYSQL_PLACE, _MYSQL_RIGHT = {1045, 1698, 2059, 2061}, {1049}, {1044, 1142, 1143, 1227, 1370}
_MYSQL_SLOW, _MYSQL_WRITE, _MYSQL_AWAY = {3024, 1969, 1317, 2013}, {1792, 1290}, {2002, 2003, 2005, 2006}


def in_words(error: Any, where: str, database: str) -> StudioError:
    """One sentence for what SQLAlchemy raised around the driver's own error."""
    found = error.orig
    refusal = addresses.refusal(error)
    if refusal is not None:
        return Invalid("address_refused", str(refusal))
    number = found.args[0] if getattr(found, "args", ()) and isinstance(found.args[0], int) else 0
    state, text = str(getattr(found, "sqlstate", "") or ""), _first_line(found)
    if _is_slow(state, number, text):
        return TooSlow("datastore_query_slow", f"{where} took longer than a question may.", hint="Ask for less.")
    if state.startswith("28") or number in _MYSQL_KEY or "authentication failed" in text:
        return problems.credential_refused(where)
    if state == "3D000" or number in _MYSQL_PLACE or (database in text and "does not exist" in text and not state):
        return problems.place_missing(f"The database {database}")
    if state == "42501" or number in _MYSQL_RIGHT:
        return problems.not_allowed(f"{where} does not allow this: {text[:200].rstrip('.')}")
    if state == "25006" or number in _MYSQL_WRITE or "not authorized" in text or "readonly database" in text:
        return Invalid("datastore_query", "The query would change something: datastores are only read.")
    if state or number not in (*_MYSQL_AWAY, 0) or _is_sqlite(found):
        return Invalid("datastore_query", f"The database does not take the query: {text[:300].rstrip('.')}.")
    return places.in_words(found if found.__cause__ or not text else error, where)


def _is_slow(state: str, number: int, text: str) -> bool:
    return state == "57014" or number in _MYSQL_SLOW or text == "interrupted"


def _is_sqlite(error: object) -> bool:
    return type(error).__module__.startswith("sqlite3")


def _first_line(error: object) -> str:
    arguments: tuple[object, ...] = getattr(error, "args", ())
    text = str(arguments[1] if len(arguments) > 1 and isinstance(arguments[0], int) else error)
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
