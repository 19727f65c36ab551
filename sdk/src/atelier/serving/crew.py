"""The threads that run the model, apart from the one that talks to clients.

Requests wait in one line. A thread takes the first and, where requests may be joined, those that wait behind it. A run
that goes past the time limit is given up: its thread is left to end by itself and another takes its place, so that
the requests behind it go on.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Callable, NamedTuple

from atelier.serving.messages import Answer, problem_answer
from atelier.serving.problems import Problem
from atelier.serving.scoring import Call, Prepared, Scorer

Pair = tuple["Work", Prepared]

# A lone request never waits longer than this for company.
LONE_WAIT = 0.001


class Work:
    """One request on its way through the model."""

    __slots__ = ("answer", "begun_by", "call", "done", "given_up", "run_seconds", "shared", "trace")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.answer: Answer | None = None
        self.trace = ""
        self.run_seconds = 0.0
        self.shared = 1
        self.begun_by: Member | None = None
        self.given_up = False
        self.done = False

    def is_waiting(self) -> bool:
        return self.begun_by is None and not self.given_up


class Run(NamedTuple):
    """One call of the model, for the counters."""

    seconds: float
    rows: int
    crashed: bool


class Batching:
    """Up to how many rows are joined, and how long a first request of several may wait for more."""

    __slots__ = ("rows", "wait")

    def __init__(self, *, rows: int = 1, wait: float = 0.0) -> None:
        self.rows = rows
        self.wait = wait


class Crew:
    """The model's threads and the line in front of them. `deliver` gets what is answered, in the model's thread."""

    def __init__(
        self,
        scorer: Scorer,
        *,
        threads: int,
        batching: Batching,
        deliver: Callable[[Sequence[Work], Sequence[Run]], None],
    ) -> None:
        self.scorer = scorer
        self.batching = batching
        self.deliver = deliver
        self.beginning = threading.Lock()
        self._line: deque[Work] = deque()
        self._someone = threading.Semaphore(0)
        self._ended = False
        self._stuck: list[Member] = []
        self._members = [self._hire() for _ in range(threads)]

    def submit(self, work: Work) -> None:
        self._line.append(work)
        self._someone.release()

    def give_up(self, work: Work) -> None:
        """The request's time is over. A thread that is busy with it is replaced; what it had not begun is put back."""
        work.given_up = True
        member = work.begun_by
        if member is None or work.answer is not None:
            return
        with self.beginning:
            if member.left:
                return
            member.left = True
            back = [one for one in member.taken if one.is_waiting()]
        self._stuck.append(member)
        self._members.remove(member)
        self._members.append(self._hire())
        self._line.extendleft(reversed(back))
        for _ in back:
            self._someone.release()

    @property
    def stuck(self) -> int:
        """How many threads were left to themselves and still run."""
        self._stuck = [member for member in self._stuck if member.thread.is_alive()]
        return len(self._stuck)

    def end(self) -> None:
        self._ended = True
        for _ in self._members:
            self._someone.release()

    def take(self) -> list[Work] | None:
        """The next requests to run, in the order they came; None when there is no more work to do."""
        while True:
            self._someone.acquire()
            if self._ended:
                return None
            first = self._next()
            if first is not None:
                return [first, *self._behind()] if self.batching.rows > 1 else [first]

    def _next(self) -> Work | None:
        try:
            work = self._line.popleft()
        except IndexError:
            return None
        return None if work.given_up else work

    def _behind(self) -> list[Work]:
        taken: list[Work] = []
        begun = time.monotonic()
        while len(taken) + 1 < self.batching.rows:
            limit = self.batching.wait if taken else min(self.batching.wait, LONE_WAIT)
            left = limit - (time.monotonic() - begun)
            if not (self._someone.acquire(timeout=left) if left > 0 else self._someone.acquire(blocking=False)):
                break
            if self._ended:
                self._someone.release()
                break
            work = self._next()
            if work is not None:
                taken.append(work)
        return taken

    def _hire(self) -> Member:
        member = Member(self)
        member.thread.start()
        return member


class Member:
    """One thread of the crew."""

    def __init__(self, crew: Crew) -> None:
        self.left = False
        self.taken: list[Work] = []
        self.thread = threading.Thread(target=self._serve, name="model", daemon=True)
        self._crew = crew
        self._scorer = crew.scorer

    def _serve(self) -> None:
        while not self.left:
            works = self._crew.take()
            if works is None:
                return
            self.taken = works
            for together in self._groups(works):
                self._run(together)

    def _groups(self, works: list[Work]) -> Iterator[list[Pair]]:
        """What is run together. Requests that can't be read are answered on the way."""
        by_key: dict[Any, list[Pair]] = {}
        for work in works:
            prepared = self._prepare(work)
            if prepared is None:
                self._crew.deliver([work], ())
            elif prepared.key is None or len(works) == 1:
                by_key[work] = [(work, prepared)]
            else:
                by_key.setdefault(("key", prepared.key), []).append((work, prepared))
        for group in by_key.values():
            yield from _portions(group, self._crew.batching.rows)

    def _prepare(self, work: Work) -> Prepared | None:
        try:
            return self._scorer.prepare(work.call)
        except BaseException as error:  # noqa: BLE001 - users' code may raise anything
            _failed(work, error)
            return None

    def _run(self, together: list[Pair]) -> None:
        together = self._begin(together)
        if len(together) > 1 and self._run_joined(together):
            return
        for work, prepared in together:
            run = _run_alone(self._scorer, work, prepared)
            self._crew.deliver([work], [run])

    def _begin(self, together: list[Pair]) -> list[Pair]:
        """Those of the requests that this thread shall run: none once it was left, for then they were put back."""
        with self._crew.beginning:
            if self.left:
                return []
            wanted = [(work, prepared) for work, prepared in together if not work.given_up]
            for work, _ in wanted:
                work.begun_by = self
            return wanted

    def _run_joined(self, together: list[Pair]) -> bool:
        """One run for all of them. False when it failed or can't be told apart: then each has to run alone."""
        prepared = [one for _, one in together]
        begun = time.perf_counter()
        try:
            parts = self._scorer.predict_together(prepared)
        except Exception:  # noqa: BLE001 - users' code may raise anything
            return False
        if parts is None:
            return False
        seconds = time.perf_counter() - begun
        for (work, one), part in zip(together, parts):
            work.shared = len(together)
            work.run_seconds = seconds
            _finish(work, one, part)
        self._crew.deliver([work for work, _ in together], [Run(seconds, sum(one.rows for one in prepared), False)])
        return True


def _run_alone(scorer: Scorer, work: Work, prepared: Prepared) -> Run:
    begun = time.perf_counter()
    crashed = False
    try:
        result = scorer.predict(prepared.data, prepared.params)
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything
        crashed = not isinstance(error, Problem)
        _failed(work, error)
    work.run_seconds = time.perf_counter() - begun
    if work.answer is None:
        _finish(work, prepared, result)
    return Run(work.run_seconds, prepared.rows, crashed)


def _finish(work: Work, prepared: Prepared, result: Any) -> None:
    try:
        work.answer = prepared.finish(result)
    except BaseException as error:  # noqa: BLE001 - users' code may raise anything
        _failed(work, error)


def _failed(work: Work, error: BaseException) -> None:
    """A wrong request is answered as one; anything else, `sys.exit()` of a script too, is a crash."""
    request_id = work.call.request.id
    if isinstance(error, Problem):
        work.answer = problem_answer(error, request_id)
        return
    work.trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    crash = Problem(
        500, "model_failed", f"The model failed on this request. The log has the trace under the id {request_id}."
    )
    work.answer = problem_answer(crash, request_id, headers=(("x-ms-run-function-failed", "True"),))


def _portions(group: list[Pair], limit: int) -> list[list[Pair]]:
    """The group in portions of no more rows than the limit; what is bigger by itself goes alone."""
    portions: list[list[Pair]] = []
    rows = 0
    for pair in group:
        if portions and rows + pair[1].rows <= limit:
            portions[-1].append(pair)
            rows += pair[1].rows
        else:
            portions.append([pair])
            rows = pair[1].rows
    return portions
