"""`python -m registry.endpoints.gateway --settings FILE`: the gateway as a process."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

import uvloop

from registry.endpoints.gateway.options import Options
from registry.endpoints.gateway.server import Gateway


async def serve(options: Options) -> None:
    """Until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    gateway = Gateway(options, loop)
    await gateway.start()
    await stop.wait()
    await gateway.end()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="registry.endpoints.gateway", description="The gateway in front of endpoints."
    )
    parser.add_argument("--settings", type=Path, required=True, help="the JSON file that `manage.py up` writes")
    try:
        options = Options.from_file(parser.parse_args().settings)
    except ValueError as error:
        print(error, file=sys.stderr, flush=True)
        return 2
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        uvloop.run(serve(options))
    except OSError as error:
        print(f"The gateway can't listen on {options.host} port {options.port}: {error}.", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
