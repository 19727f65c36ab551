"""The backend: transactions of one process take turns before they ask SQLite for its one write lock.

Left to SQLite, a thread that finds the lock taken sleeps for 1, 2, 5 … 100 ms and looks again: eight writers of a
millisecond each then wait 90 ms now and again, and nobody works meanwhile. Threads woken by the one before them lose
no time. Other processes are still met by SQLite's own lock.
"""

import os
import threading
from typing import Any

from django.db.backends.sqlite3 import base

# A turn that does not come is no error of its own: SQLite's own lock then says that the database is busy.
LONGEST_WAIT_SECONDS = 20
_turns: dict[str, threading.Lock] = {}
os.register_at_fork(after_in_child=_turns.clear)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turn = _turns.setdefault(str(self.settings_dict["NAME"]), threading.Lock())
        if turn.acquire(timeout=LONGEST_WAIT_SECONDS):
            self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()
