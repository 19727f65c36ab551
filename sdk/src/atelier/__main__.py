"""`python -m atelier` is the command `atelier`."""

import sys

from atelier import _cli

sys.exit(_cli.main())
