"""`python -m atelier.serving`: serves the model that the environment names, until it is told to stop."""

import sys

from atelier.serving import main_process

if __name__ == "__main__":
    sys.exit(main_process.main())
