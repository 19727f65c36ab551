#!/usr/bin/env python3
"""`up`, `test` and every Django command, inside the studio's own virtual environment.

The first lines run on any Python, with nothing installed: no syntax or import here may need more.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    if sys.version_info < (3, 11):  # noqa: UP036  whoever starts it may have an older one
        sys.stderr.write("Atelier needs Python 3.11 or newer, this is %s.\n" % sys.version.split()[0])  # noqa: UP031
        return 2
    from studio import bootstrap

    command, arguments = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    code = bootstrap.enter(HERE, sys.argv, with_test_tools=command == "test")
    if code:
        return code
    if command == "up":
        from studio.supervisor import up

        return up.main(arguments)
    if command == "test":
        os.execv(sys.executable, [sys.executable, "-m", "tests.run", *arguments])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], command.replace("-", "_"), *arguments])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
