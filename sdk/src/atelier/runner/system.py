"""What the command costs: processor, memory, disk, network and graphics cards, sampled every few seconds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from typing import Any, Callable

FIRST_SECONDS = 1.0
EVERY_SECONDS = 5.0
MEGABYTE = 1024 * 1024

Report = Callable[[Mapping[str, float], int], None]


class Sampler(threading.Thread):
    """Samples a process and everything it started until it is closed. Without psutil it ends at once."""

    def __init__(self, pid: int, report: Report) -> None:
        super().__init__(name="system", daemon=True)
        self._pid = pid
        self._report = report
        self._closed = threading.Event()

    def close(self) -> None:
        self._closed.set()

    def run(self) -> None:
        try:
            import psutil
        except ImportError:
            return
        tree = Tree(psutil, self._pid)
        cards = Cards()
        pause = FIRST_SECONDS
        # The first reading of a processor's use is the start of the interval it is measured over.
        tree.sample()
        while not self._closed.wait(pause):
            pause = EVERY_SECONDS
            values = {**tree.sample(), **cards.sample()}
            if values:
                self._report({f"system/{name}": value for name, value in values.items()}, int(time.time() * 1000))


class Tree:
    """A process with its descendants."""

    def __init__(self, psutil: Any, pid: int) -> None:
        self._psutil = psutil
        self._pid = pid
        self._known: dict[int, Any] = {}
        self._network = self._machine_network()
        self._at = time.monotonic()
        self._io: tuple[int, int] | None = None

    def sample(self) -> dict[str, float]:
        """The values since the last sample; empty when the process is gone."""
        members = self._members()
        if not members:
            return {}
        now = time.monotonic()
        seconds, self._at = max(now - self._at, 0.001), now
        cpu = memory = read = written = 0.0
        for process in members:
            with contextlib.suppress(self._psutil.Error, OSError):
                cpu += process.cpu_percent()
                memory += process.memory_info().rss
            with contextlib.suppress(self._psutil.Error, OSError, AttributeError):
                counters = process.io_counters()
                read += counters.read_bytes
                written += counters.write_bytes
        values = {"cpu_percent": cpu, "memory_mb": memory / MEGABYTE}
        values.update(self._disk_rates(read, written, seconds))
        values.update(self._network_rates(seconds))
        values["machine_memory_percent"] = float(self._psutil.virtual_memory().percent)
        return values

    def _members(self) -> list[Any]:
        """The tree now; processes seen before keep their object, which holds their last processor reading."""
        try:
            root = self._known.get(self._pid) or self._psutil.Process(self._pid)
            found = [root, *root.children(recursive=True)]
        except self._psutil.Error:
            return []
        self._known = {process.pid: self._known.get(process.pid, process) for process in found}
        return list(self._known.values())

    def _disk_rates(self, read: float, written: float, seconds: float) -> dict[str, float]:
        before, self._io = self._io, (int(read), int(written))
        if before is None:
            return {}
        # A process that has ended takes its counters along: the sum may shrink.
        return {
            "disk_read_mb_per_s": max(read - before[0], 0) / MEGABYTE / seconds,
            "disk_write_mb_per_s": max(written - before[1], 0) / MEGABYTE / seconds,
        }

    def _network_rates(self, seconds: float) -> dict[str, float]:
        before, self._network = self._network, self._machine_network()
        if before is None or self._network is None:
            return {}
        return {
            "network_received_mb_per_s": max(self._network[0] - before[0], 0) / MEGABYTE / seconds,
            "network_sent_mb_per_s": max(self._network[1] - before[1], 0) / MEGABYTE / seconds,
        }

    def _machine_network(self) -> tuple[int, int] | None:
        try:
            counters = self._psutil.net_io_counters()
        except (OSError, RuntimeError):
            return None
        return (counters.bytes_recv, counters.bytes_sent) if counters else None


class Cards:
    """The machine's NVIDIA cards, when there are any and NVML is installed."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        with contextlib.suppress(Exception):  # NVML's own errors are only known once it is imported
            import pynvml

            pynvml.nvmlInit()
            self._handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(pynvml.nvmlDeviceGetCount())]
            self._nvml = pynvml

    def sample(self) -> dict[str, float]:
        values: dict[str, float] = {}
        for index, handle in enumerate(self._handles):
            with contextlib.suppress(self._nvml.NVMLError):
                use = self._nvml.nvmlDeviceGetUtilizationRates(handle)
                memory = self._nvml.nvmlDeviceGetMemoryInfo(handle)
                values[f"gpu{index}_percent"] = float(use.gpu)
                values[f"gpu{index}_memory_mb"] = memory.used / MEGABYTE
                values[f"gpu{index}_power_w"] = self._nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        return values
