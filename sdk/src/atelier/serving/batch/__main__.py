"""`python -m atelier.serving.batch`: one worker of a batch job, from its first part to the last."""

import sys

from atelier.serving.batch import program

if __name__ == "__main__":
    sys.exit(program.main())
