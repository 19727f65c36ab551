"""`python -m compute.building.program`: carries out the build of the job whose token it was given."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from compute.building.program import failing
from compute.building.program.session import Session

CANCELED = 143


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    # The job's variables are all this program knows of the studio; its folder is its own and goes with the job.
    session = Session(
        url=os.environ["ATELIER_URL"],
        token=os.environ["ATELIER_TOKEN"],
        workspace=os.environ["ATELIER_WORKSPACE"],
        job=int(os.environ["ATELIER_JOB_ID"]),
        attempt=int(os.environ["ATELIER_ATTEMPT"]),
        folder=Path.cwd(),
    )
    try:
        return session.run()
    except failing.Canceled:
        session.canceled()
        return CANCELED


def _stop(number: int, frame: FrameType | None) -> None:
    # Once: what is removed then must not be broken off by a second one.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise failing.Canceled


if __name__ == "__main__":
    sys.exit(main())
