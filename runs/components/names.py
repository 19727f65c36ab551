"""Names that people would take for one another."""

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "_": None})


def alike(name: str) -> str:
    """What two such names share: `train_1` and `train_l`."""
    return name.casefold().translate(_ALIKE)
