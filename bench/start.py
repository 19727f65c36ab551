"""How long `manage.py up` takes until the studio is ready: the first time in a data folder, and after that.

`python -m bench.start [--repeat 3]`. The virtual environment is there already; making it is one more minute, once.
"""

import argparse
import tempfile
import time
from pathlib import Path

from bench import machine
from tests import real_studio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="how many later starts")
    repeat = parser.parse_args().repeat
    print(machine.described())
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder:
        data_dir = Path(folder) / "var"
        print(f"first start: {seconds_to_ready(data_dir)[0]:.1f} s")
        for _ in range(repeat):
            seconds, megabytes = seconds_to_ready(data_dir)
            print(f"later start: {seconds:.1f} s, {megabytes:.0f} MB in all processes")


def seconds_to_ready(data_dir: Path) -> tuple[float, float]:
    """The time to the ready line, and the memory (shared pages counted once) a moment later."""
    began = time.monotonic()
    studio = real_studio.start(data_dir, is_first=True)
    took = time.monotonic() - began
    try:
        time.sleep(3)  # beat starts last
        memory = sum(process.memory_full_info().pss for process in studio.family())
    finally:
        studio.stop()
    return took, memory / 1e6


if __name__ == "__main__":
    main()
