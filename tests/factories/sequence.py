"""Numbers that make names differ within one test run."""

import itertools

_counter = itertools.count(1)


def number() -> int:
    return next(_counter)
