"""The command `atelier`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from atelier import _config, _errors
from atelier._cli import output, parser

OK, FAILED, USAGE, NOT_FOUND, DENIED, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

# The first class that fits decides, so the narrow ones come first.
EXIT_CODES: tuple[tuple[type[_errors.AtelierError], int], ...] = (
    (_errors.NotFound, NOT_FOUND),
    (_errors.Denied, DENIED),
    (_errors.Unauthorized, DENIED),
    (_errors.Conflict, CONFLICT),
    (_errors.InvalidRequest, USAGE),
    (_errors.UsageError, USAGE),
    (_errors.ConfigurationError, USAGE),
    (_errors.SnapshotError, USAGE),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code."""
    commands = parser.build()
    if _config.completes_words():
        _complete(commands)
    options = commands.parse_args(arguments)
    try:
        code: int = options.handler(options) or OK
        sys.stdout.flush()
        return code
    except _errors.AtelierError as error:
        output.error(str(error), getattr(error, "request_id", ""))
        return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Nothing may be flushed to the closed pipe at exit.
        sys.stdout = open("/dev/null", "w") if sys.platform != "win32" else open("NUL", "w")  # noqa: SIM115
        return OK


def _complete(commands: parser.Parser) -> None:
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(commands)
