"""Container images where only a Python is wanted: without a Docker target they run in a virtual environment of it."""

import re

# python:3.11, library/python:3.11-slim, docker.io/python, registry.example/python:3.12.1
PYTHON_IMAGE = re.compile(r"(?:[\w.:-]+/)*python(?::(?P<tag>[\w.-]+))?(?:@sha256:[0-9a-f]{64})?\Z")
VERSION = re.compile(r"(3\.\d{1,2})")
PY_TAG = re.compile(r"py(?:thon)?-?(3)\.?(\d{1,2})")


def python_of(image: str) -> str:
    """The Python an image stands for, "3.11"; empty when its name does not tell."""
    match = PYTHON_IMAGE.match(image.strip())
    if match:
        found = VERSION.match(match["tag"] or "")
        return found[1] if found else ""
    found = PY_TAG.search(image)
    return f"{found[1]}.{found[2]}" if found else ""


def is_kept(image: str) -> bool:
    """Whether an image is meant as itself: `python:3.11` and Azure's base images only say which Python is wanted."""
    name = image.strip().removeprefix("docker.io/").removeprefix("library/")
    return bool(name) and not re.match(r"(mcr\.microsoft\.com/|python(?:[:@]|\Z))", name)


def note(image: str, python: str, *, on_docker: bool) -> str:
    """What the run's page says about it."""
    if not on_docker:
        return f"No Docker target is named, so instead of the image {image} a virtual environment of Python {python} is used."
    return "" if is_kept(image) else f"Instead of {image} the studio's own base image with Python {python} is used."
