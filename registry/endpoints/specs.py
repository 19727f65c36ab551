"""How a revision is run, as its deployment file says it: checked once, kept as JSON, read back as this."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from registry.endpoints import instance_types
from registry.endpoints.names import bad

MAX_VARIABLES = 200
MAX_VARIABLE = 20_000
MAX_TIMEOUT_MS = 180_000
MAX_CONCURRENT = 10_000
BATCH_ROWS, BATCH_MS = "ATELIER_SERVING_BATCH_ROWS", "ATELIER_SERVING_BATCH_MS"
# What the studio itself says to the runtime.
TAKEN = frozenset(
    {
        "AZUREML_MODEL_DIR", "AZUREML_ENTRY_SCRIPT", "AML_APP_ROOT", "SCORING_TIMEOUT_MS", "PYTHONPATH",
        "ATELIER_SERVING_PORT", "ATELIER_SERVING_HOST", "ATELIER_SERVING_STATE", "ATELIER_DEPLOYMENT",
    }
)  # fmt: skip
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_MEMORY = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]i?)?b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """Azure's names and defaults."""

    request_timeout_ms: int = 5_000
    max_concurrent_requests_per_instance: int = 1
    max_queue_wait_ms: int = 500


@dataclass(frozen=True, slots=True)
class Probe:
    """Azure's names, in seconds."""

    initial_delay: int = 0
    period: int = 10
    timeout: int = 2
    success_threshold: int = 1
    failure_threshold: int = 30


READINESS = Probe()
# A local instance that hangs is started again within half a minute.
LIVENESS = Probe(period=5, failure_threshold=6)


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits of one instance: CPUs, bytes of memory, GPUs; zero: none."""

    cpu: float = 0.0
    memory: int = 0
    gpu: int = 0


@dataclass(frozen=True, slots=True)
class Spec:
    environment_variables: dict[str, str] = field(default_factory=dict)
    request_settings: RequestSettings = RequestSettings()
    liveness_probe: Probe = LIVENESS
    readiness_probe: Probe = READINESS
    resources: Resources = Resources()
    instance_type: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            environment_variables=dict(value.get("environment_variables", {})),
            request_settings=RequestSettings(**value.get("request_settings", {})),
            liveness_probe=Probe(**value["liveness_probe"]) if "liveness_probe" in value else LIVENESS,
            readiness_probe=Probe(**value["readiness_probe"]) if "readiness_probe" in value else READINESS,
            resources=Resources(**value.get("resources", {})),
            instance_type=value.get("instance_type", ""),
        )

    @property
    def start_seconds(self) -> int:
        """How long an instance may take until it is ready."""
        probe = self.readiness_probe
        return max(60, probe.initial_delay + probe.period * probe.failure_threshold)


def environment_variables(given: Any) -> dict[str, str]:
    """Variables as texts; numbers and booleans as YAML writes them. Raises Invalid."""
    found = {}
    for name, value in _mapping(given, "environment_variables").items():
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise bad("environment_variables", f"{str(name)[:60]!r} is no name of an environment variable.")
        if name in TAKEN:
            raise bad(
                "environment_variables", f"{name} is set by the studio.", hint="Choose another name for your own value."
            )
        if isinstance(value, Mapping | list) or value is None:
            raise bad("environment_variables", f"The value of {name} is no text.")
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        if len(text) > MAX_VARIABLE or "\0" in text:
            raise bad("environment_variables", f"The value of {name} is too long, or holds a zero byte.")
        found[name] = text
    if len(found) > MAX_VARIABLES:
        raise bad("environment_variables", f"A deployment has at most {MAX_VARIABLES} environment variables.")
    return found


def batch_rows(variables: Mapping[str, str]) -> int:
    """How many requests an instance joins at most by these variables of the runtime; 1 where it joins none."""
    default = "64" if BATCH_MS in variables else "1"  # as the runtime has it
    said = variables.get(BATCH_ROWS) or default
    return min(int(said), MAX_CONCURRENT) if said.isascii() and said.isdigit() and len(said) < 10 and int(said) else 1


def request_settings(given: Any, *, at_once: int = 1) -> RequestSettings:
    """Azure's settings; `at_once` requests reach an instance together where they don't say how many may."""
    ranges = {
        "request_timeout_ms": (1, MAX_TIMEOUT_MS),
        "max_concurrent_requests_per_instance": (1, MAX_CONCURRENT),
        "max_queue_wait_ms": (0, MAX_TIMEOUT_MS),
    }
    asked = _numbers(given, "request_settings", ranges)
    return RequestSettings(**{"max_concurrent_requests_per_instance": at_once, **asked})


def probe(given: Any, name: str, default: Probe) -> Probe:
    """A probe as it was asked for; what is left out is as in `default`."""
    ranges = {
        "initial_delay": (0, 3_600), "period": (1, 3_600), "timeout": (1, 300), "success_threshold": (1, 100),
        "failure_threshold": (1, 1_000),
    }  # fmt: skip
    return Probe(**{**asdict(default), **_numbers(given, name, ranges)})


def resources(given: Any, instance_type: str) -> Resources:
    """The limits of an instance: as `resources.limits` says, else those of the machine size. Raises Invalid."""
    size = instance_types.size_of(instance_type or instance_types.DEFAULT)
    base = Resources(size.cpu, size.memory, size.gpu) if size else Resources()
    table = _mapping(given, "resources", known={"requests", "limits"})
    asked: dict[str, Any] = {}
    for part in ("requests", "limits"):
        asked |= _mapping(table.get(part), f"resources.{part}", known={"cpu", "memory", "gpu", "nvidia.com/gpu"})
    gpu = asked.get("gpu", asked.get("nvidia.com/gpu"))
    return Resources(
        cpu=_cpu(asked["cpu"]) if "cpu" in asked else base.cpu,
        memory=_memory(asked["memory"]) if "memory" in asked else base.memory,
        gpu=base.gpu if gpu is None else _gpu(gpu),
    )


def instance_type(given: Any) -> str:
    if given in (None, ""):
        return ""
    if not isinstance(given, str) or len(given) > 60 or not re.fullmatch(r"[A-Za-z0-9_.-]+", given):
        raise bad("instance_type", f"{str(given)[:60]!r} is no machine size.", hint="Such as Standard_DS3_v2.")
    return given


def _cpu(value: Any) -> float:
    text = str(value).strip()
    scale = 0.001 if text.endswith("m") else 1.0
    try:
        found = float(text.removesuffix("m")) * scale
    except ValueError:
        found = 0.0
    if isinstance(value, bool) or not 0.01 <= found <= 1_024:
        raise bad("resources", f"{text[:40]!r} is no number of CPUs.", hint="Such as 0.5, 2 or 500m.")
    return found


def _memory(value: Any) -> int:
    found = _MEMORY.fullmatch(str(value).strip())
    size = int(float(found["number"]) * _UNITS[(found["unit"] or "").lower()]) if found else 0
    if isinstance(value, bool) or not 32 * 2**20 <= size <= 2**44:
        raise bad(
            "resources", f"{str(value)[:40]!r} is no size of memory.", hint="Such as 512Mi or 2Gi; at least 32Mi."
        )
    return size


def _gpu(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or int(value) > 64:
        raise bad("resources", f"{str(value)[:40]!r} is no number of GPUs.")
    return int(value)


def _mapping(given: Any, name: str, *, known: set[str] | None = None) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise bad(name, f"{name} is a mapping.")
    for key in given:
        if known is not None and key not in known:
            raise bad(name, f"{name} knows no {str(key)[:60]!r}.", hint=f"Known: {', '.join(sorted(known))}.")
    return dict(given)


def _numbers(given: Any, name: str, ranges: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Whole numbers within their ranges."""
    found = {}
    for key, value in _mapping(given, name, known=set(ranges)).items():
        low, high = ranges[key]
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise bad(name, f"{name}.{key} is a whole number from {low:,} to {high:,}.")
        found[key] = value
    return found
