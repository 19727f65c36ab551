"""Asking instances whether they live and are ready: many at once, none for longer than its time."""

import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.endpoints.models import Instance
from registry.endpoints.specs import Spec

LIVE, READY = "/healthz/live", "/healthz/ready"
AT_ONCE = 16
LONGEST = 10.0  # seconds, whatever a file says: a look must stay short


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an instance answered."""

    is_live: bool
    is_ready: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    address: str
    timeout: float
    live: str = LIVE
    ready: str = READY


def is_due(instance: Instance, spec: Spec, now: datetime) -> bool:
    """Whether it is time to ask. One that is starting is asked at every look, after its first delay."""
    if not instance.address:
        return False
    if instance.state == Instance.State.STARTING:
        return instance.started_at + timedelta(seconds=spec.readiness_probe.initial_delay) <= now
    if instance.state not in (Instance.State.READY, Instance.State.UNREADY):
        return False
    every = min(spec.readiness_probe.period, spec.liveness_probe.period)
    return instance.probed_at is None or instance.probed_at + timedelta(seconds=every) <= now


def question_of(instance: Instance, spec: Spec) -> Question:
    timeout = max(spec.readiness_probe.timeout, spec.liveness_probe.timeout)
    # A container with a server of its own has probes of its own.
    paths = instance.revision.prepared
    return Question(
        instance.address, min(float(timeout), LONGEST), paths.get("live") or LIVE, paths.get("ready") or READY
    )


def ask(questions: Sequence[Question]) -> list[Verdict]:
    """The answers, in order."""
    if not questions:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(questions))) as pool:
        return list(pool.map(_ask, questions))


def _ask(question: Question) -> Verdict:
    status, problem = _status(question, question.ready)
    if status == 200:
        return Verdict(True, True)
    live, why = _status(question, question.live) if status else (0, problem)
    if live == 200:
        return Verdict(True, False, problem or f"Its readiness probe answered {status}.")
    return Verdict(False, False, why or f"Its liveness probe answered {live}.")


def _status(question: Question, path: str) -> tuple[int, str]:
    """The status of an answer, or 0 and what went wrong."""
    host, _, port = question.address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=question.timeout)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status, ""
    except TimeoutError:
        return 0, f"It did not answer within {question.timeout:g} s."
    except (OSError, http.client.HTTPException) as error:
        return 0, f"It can't be reached: {type(error).__name__}."
    finally:
        connection.close()
