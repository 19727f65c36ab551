"""A reading process: answers one question after another, as lines of JSON on the pipes it was started with.

It ends by itself when its parent is gone (the pipe closes) or has asked nothing for a while, whatever it is doing then.
"""

import json
import os
import queue
import resource
import shutil
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from registry.data.reading.child import answers, sentences
from registry.data.reading.child.limits import Limits

MB = 1024 * 1024


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    answer_to = _own_stdout()
    _restrict(limits)
    questions: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    answers.warm_up(limits)
    print('{"ready": true}', file=answer_to, flush=True)
    while True:
        try:
            line = questions.get(timeout=limits.idle_seconds)
        except queue.Empty:
            _end()
        print(_answered(line, limits), file=answer_to, flush=True)


def _own_stdout() -> TextIO:
    """The pipe of answers. Whatever else prints goes to the log, so that no stray line is taken for an answer."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8", errors="backslashreplace")


def _restrict(limits: Limits) -> None:
    os.umask(0o077)
    heap = limits.process_mb * MB
    resource.setrlimit(resource.RLIMIT_DATA, (heap, heap))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    largest = limits.temporary_mb * MB
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def _listen(questions: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        questions.put(line)
    _end()


def _end() -> None:
    """At once, also in the middle of a query: nobody is there to hear the answer."""
    shutil.rmtree(Path.cwd(), ignore_errors=True)
    os._exit(0)


def _answered(line: str, limits: Limits) -> str:
    try:
        question: dict[str, Any] = json.loads(line)
        answer = {"answer": answers.answer(question, limits)}
    except Exception as error:  # noqa: BLE001 - whatever a file does to the engine becomes a sentence, never a traceback
        answer = {"problem": sentences.problem(error)}
    return json.dumps({**answer, "is_worn": _is_worn(limits)}, ensure_ascii=False, allow_nan=False)


def _is_worn(limits: Limits) -> bool:
    """Whether so much memory stays taken after a question that the next one might lack it."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize() > limits.process_mb * MB // 2


if __name__ == "__main__":
    main()
