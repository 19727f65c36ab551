"""Fifty requests a second for a minute while a deployment is rolled out beside another and the first one is killed.

    python -m bench.rollout [--seconds 60]

A whole studio in a temporary folder, deployments as processes of this machine. Green is deployed under load, the traffic
moves 0 → 10 → 100 → 0, and blue's process gets kill -9 while nine of ten requests are its own. No request may fail but those that
were in the killed process, and the shares must be within 3 points of the weights.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import machine
from tests import real_studio
from tests.faults import rollout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    print(machine.described())
    with tempfile.TemporaryDirectory() as temporary:
        studio = real_studio.start(Path(temporary) / "var")
        try:
            found = rollout.run(rollout.Studio(studio), seconds=seconds)
        finally:
            studio.stop()
            rollout.end_instances(studio.data_dir)
    print(found.described())
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    held = not found.unexcused and all(
        abs(weight - share) <= rollout.ALLOWED_POINTS for weight, share, _ in found.shares()
    )
    print("held" if held else "MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
