"""Why a run failed, told the way a colleague would: what happened, the last lines, what to try."""

import re
from dataclasses import dataclass

from compute.jobs import logs
from compute.jobs.models import Job, Reason
from runs.tracking.models import Run, RunState

LINES = 20
EXIT_OF_SIGNAL = 128
SIGNALS = {1: "SIGHUP", 2: "SIGINT", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}

# Bounded patterns over the last lines only; a log is somebody else's text.
GPU_MEMORY = re.compile(r"CUDA out of memory|CUBLAS_STATUS_ALLOC_FAILED|OutOfMemoryError", re.IGNORECASE)
MEMORY = re.compile(r"\bMemoryError\b|Cannot allocate memory|Unable to allocate [0-9.]{1,12} ?[KMGT]i?B|std::bad_alloc")
MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named ['\"]?([A-Za-z0-9_.]{1,100})")
FILE = re.compile(
    r"(?:FileNotFoundError: .{0,60}No such file or directory: |can't open file |No such file or directory: )"
    r"['\"]?([^'\"\n]{1,200})"
)
COMMAND = re.compile(r"(?:^|: )([A-Za-z0-9_./-]{1,80}): (?:command )?not found", re.MULTILINE)
DISK = re.compile(r"No space left on device|\bENOSPC\b")
STEP = re.compile(r"\b(?:step|iteration|iter)[ =:]{1,3}([0-9][0-9,]{0,15})", re.IGNORECASE)
PIP_NAMES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "yaml": "PyYAML",
    "skimage": "scikit-image",
}


@dataclass(frozen=True, slots=True)
class Failure:
    title: str  # "The run stopped: out of memory."
    detail: str  # one sentence of cause, or empty
    hint: str  # what to try
    lines: tuple[str, ...]  # the last lines of the log
    first_line: int  # the number of the first of them, from 1
    exit_code: int | None
    signal: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Cause:
    title: str
    detail: str = ""
    hint: str = ""


def failure_of(run: Run) -> Failure | None:
    """The error card of a failed run, None for any other."""
    job = run.job
    if run.state != RunState.FAILED or job is None:
        return None
    text = logs.tail(job, LINES)
    lines = tuple(text.splitlines())[-LINES:]
    cause = _cause(job, "\n".join([*lines, job.message]))
    return Failure(
        title=cause.title,
        detail=cause.detail,
        hint=cause.hint,
        lines=lines,
        first_line=max(job.log_lines - len(lines) + 1, 1) if lines else 0,
        exit_code=job.exit_code,
        signal=job.signal or _signal_of(job.exit_code),
        reason=job.reason,
    )


def _cause(job: Job, text: str) -> _Cause:
    told = _BY_REASON.get(job.reason)
    if told is not None:
        return _Cause(told.title, told.detail or _sentence(job.message), told.hint)
    if job.reason == Reason.CLIENT and job.target_id is not None and job.message:
        return _Cause(job.message.strip())
    signal = job.signal or _signal_of(job.exit_code)
    for find in (_gpu_memory, _memory, _disk, _module, _file, _command):
        cause = find(text)
        if cause is not None:
            return cause
    if signal:
        return _killed(signal)
    if job.reason == Reason.CLIENT:
        return _Cause("The script reported a failure.", _sentence(job.message))
    code = "" if job.exit_code is None else f" with exit code {job.exit_code}"
    return _Cause(f"The command ended{code}.", _last_error(text), "The last lines of the log usually say why.")


def _gpu_memory(text: str) -> _Cause | None:
    if not GPU_MEMORY.search(text):
        return None
    return _Cause(
        f"The run stopped: out of GPU memory{_at_step(text)}.", "", "Try a smaller batch size or a larger GPU."
    )


def _memory(text: str) -> _Cause | None:
    if not MEMORY.search(text):
        return None
    return _Cause(
        f"The run stopped: out of memory{_at_step(text)}.", "", "Try a smaller batch size, or load the data in parts."
    )


def _disk(text: str) -> _Cause | None:
    if not DISK.search(text):
        return None
    return _Cause("The run stopped: the disk is full.", "", "Write less, or ask for space on the compute target.")


def _module(text: str) -> _Cause | None:
    match = MODULE.search(text)
    if match is None:
        return None
    package = match[1].split(".")[0]
    return _Cause(
        f"The Python module {match[1]} is missing.",
        "",
        f"Add {PIP_NAMES.get(package, package)} to the environment: a requirements.txt or conda_file in the job file.",
    )


def _file(text: str) -> _Cause | None:
    match = FILE.search(text)
    if match is None:
        return None
    return _Cause(
        f"The file {match[1].strip()} was not found.",
        "",
        "Paths are relative to the code folder. Is the file in the snapshot, or declared as an input?",
    )


def _command(text: str) -> _Cause | None:
    match = COMMAND.search(text)
    if match is None:
        return None
    return _Cause(f"The command {match[1]} was not found.", "", "Is it installed in the environment of the run?")


def _killed(signal: str) -> _Cause:
    if signal == "SIGKILL":
        return _Cause(
            "The process was killed (SIGKILL).",
            "Nothing but the operating system or a person sends this signal.",
            "Most often memory ran out: try a smaller batch size, or a machine with more memory.",
        )
    if signal == "SIGSEGV":
        return _Cause(
            "The process crashed (SIGSEGV).", "", "A compiled library failed: try other versions of the packages."
        )
    return _Cause(f"The process was ended by {signal}.", "", "Was it stopped from outside the studio?")


_BY_REASON: dict[str, _Cause] = {
    Reason.OOM: _Cause(
        "The run stopped: out of memory.", "", "Try a smaller batch size, or a machine with more memory."
    ),
    Reason.DISK_FULL: _Cause("The run stopped: the disk is full.", "", "Write less, or ask for space on the target."),
    Reason.TIME_LIMIT: _Cause(
        "The run reached its time limit and was stopped.", "", "Raise limits.timeout in the job file, or train less."
    ),
    Reason.START_TIMEOUT: _Cause(
        "The run did not start in time.", "", "Is the compute target overloaded? Clone the run to try again."
    ),
    Reason.RUNNER_LOST: _Cause(
        "Contact with the run was lost and did not come back.",
        "",
        "The machine or the runner process stopped. Clone the run to try again.",
    ),
    Reason.ENVIRONMENT: _Cause(
        "The environment could not be built.", "", "The log shows the build; check the names and versions of packages."
    ),
    Reason.SNAPSHOT: _Cause("The code could not be unpacked.", "", "Submit the job again from its folder."),
    Reason.INPUT: _Cause("An input could not be fetched.", "", "Check the path or address of the input."),
    Reason.OUTPUT: _Cause(
        "The outputs could not be stored.", "", "The log says which file; is the studio's disk full?"
    ),
    Reason.BACKEND: _Cause("The compute target could not start the run.", "", "An owner can check the target."),
    Reason.STUDIO_STOPPED: _Cause("The studio was stopped while the run was going.", "", "Clone the run to try again."),
}


def _signal_of(exit_code: int | None) -> str:
    """A shell says 128 + n when signal n ended its command; Python says -n."""
    if exit_code is None:
        return ""
    return SIGNALS.get(-exit_code if exit_code < 0 else exit_code - EXIT_OF_SIGNAL, "")


def _at_step(text: str) -> str:
    steps = STEP.findall(text)
    return f" at step {steps[-1]}" if steps else ""


def _last_error(text: str) -> str:
    """The last line that looks like an exception."""
    for line in reversed(text.splitlines()):
        if re.match(r"[A-Za-z_][A-Za-z0-9_.]{0,80}(Error|Exception|Interrupt)\b", line):
            return line.strip()[:300]
    return ""


def _sentence(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip()[:300] if lines else ""
