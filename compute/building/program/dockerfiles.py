"""A user's Dockerfile: every image it stands on is judged, and everything it makes is marked."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from compute.building.program.failing import Problem

NAME = "Dockerfile"
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")
_FROM = re.compile(r"(?:--platform=(?P<platform>\S+)\s+)?(?P<image>\S+)(?:\s+as\s+(?P<name>\S+))?\s*\Z", re.IGNORECASE)
_COPY_FROM = re.compile(r"--from=(\S+)")
_ADDRESS = re.compile(r"(?:^|\s|\"|')((?:https?|ftp|git|ssh)://|git@)", re.IGNORECASE)
NOTHING = "scratch"


@dataclass(slots=True)
class _Reading:
    """What is known on the way down."""

    arguments: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    stages: int = 0


def marked(text: str, *, labels: Mapping[str, str], bring: Callable[[str], str], may_fetch: bool) -> str:
    """The Dockerfile with the labels in every stage of it.

    `bring` judges an image that it names and raises Problem. `may_fetch` lets ADD take addresses: the engine itself would
    fetch them, whatever network the steps have.
    """
    label = "LABEL " + " ".join(f"{name}={_quoted(value)}" for name, value in labels.items())
    reading, lines = _Reading(), []
    for physical, word, rest in _instructions(text):
        lines.append(physical)
        if word == "ARG" and not reading.stages:
            name, _, value = rest.partition("=")
            reading.arguments[name.strip()] = value.strip().strip("\"'")
        elif word == "FROM":
            _judge_from(rest, reading, bring)
            lines.append(label)
        elif word in {"COPY", "ADD"}:
            _judge_copy(word, rest, reading, bring, may_fetch)
        elif word == "ONBUILD":
            raise Problem("ONBUILD is not used here: write the steps into the Dockerfile itself.")
        elif word == "RUN" and rest.startswith("--"):
            raise Problem(
                f"{rest.split()[0]} needs BuildKit, which the classic builder of the Docker engine does not have."
            )
    if not reading.stages:
        raise Problem("The Dockerfile has no FROM line: it must say which image it stands on.")
    return "\n".join(lines) + "\n"


def _instructions(text: str) -> list[tuple[str, str, str]]:
    """(the lines as they are, the instruction, the rest on one line) for each; comments have no instruction."""
    escape = "`" if re.match(r"#\s*escape\s*=\s*`", text, re.IGNORECASE) else "\\"
    found: list[tuple[str, str, str]] = []
    held: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        stripped = line.strip()
        is_remark = stripped.startswith("#") or not stripped
        if is_remark and not held:
            found.append((line, "", ""))
            continue
        held.append(line)
        if is_remark or stripped.endswith(escape):
            continue  # a remark between continued lines is left out by the engine, too
        found.append(_instruction(held, escape))
        held = []
    if held:
        found.append(_instruction(held, escape))
    return found


def _instruction(lines: list[str], escape: str) -> tuple[str, str, str]:
    whole = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    joined = " ".join(line.removesuffix(escape).strip() for line in whole)
    word, _, rest = joined.partition(" ")
    return "\n".join(lines), word.upper(), rest.strip()


def _judge_from(rest: str, reading: _Reading, bring: Callable[[str], str]) -> None:
    match = _FROM.match(_filled(rest, reading.arguments))
    if match is None:
        raise Problem(f"FROM {rest[:120]} can't be read: write FROM IMAGE or FROM IMAGE AS NAME.")
    image = match["image"]
    if image.lower() not in reading.names and image != NOTHING:
        bring(image)
    if match["name"]:
        reading.names.add(match["name"].lower())
    reading.stages += 1


def _judge_copy(word: str, rest: str, reading: _Reading, bring: Callable[[str], str], may_fetch: bool) -> None:
    source = _COPY_FROM.search(rest)
    if source is not None:
        name = source[1]
        if "$" in name:
            raise Problem(f"COPY --from={name[:80]} can't be read: name the stage or the image itself.")
        if name.lower() not in reading.names and not (name.isdecimal() and int(name) < reading.stages):
            bring(name)
    if word == "ADD" and not may_fetch and (_ADDRESS.search(rest) or "$" in rest):
        raise Problem(
            "ADD may not fetch from an address (or from a variable that may hold one): builds have no network."
            " Put the file beside the Dockerfile, and use COPY."
        )


def _filled(text: str, arguments: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        found = arguments.get(name) or match[2] or ""
        if not found:
            raise Problem(f"FROM names the variable {name}, which has no value before it: write ARG {name}=… above it.")
        return found

    return _VARIABLE.sub(value, text)


def _plain(name: str) -> None:
    """A name that can't be read as anything but one word."""
    if not re.fullmatch(r"[A-Za-z0-9_./:+-]+", name):
        raise Problem(f"{name[:120]!r} is no name for a variable, a label, a folder or a user of an image.")


def _quoted(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9._:/+-]*", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", " ") + '"'


def written(
    *,
    base: str,
    labels: Mapping[str, str],
    archives: list[str],
    compiled: list[str],
    environment: Mapping[str, str],
    workdir: str,
    user: str,
    command: tuple[str, ...],
    ports: tuple[int, ...],
) -> str:
    """The Dockerfile of a stage of ours: archives laid over a base. `compiled` are folders that the image compiles itself."""
    for name in (*environment, *labels, *filter(None, (workdir, user))):
        _plain(name)
    lines = [f"FROM {base}"]
    lines += [f"LABEL {_quoted(name)}={_quoted(value)}" for name, value in labels.items()]
    lines += [f"ADD {name} /" for name in archives]
    if compiled:
        lines.append("USER 0")
        places = " ".join(shlex.quote(place) for place in compiled)
        lines.append(f"RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash {places} || true")
    lines += [f"ENV {name}={_quoted(value)}" for name, value in sorted(environment.items())]
    lines += [f"EXPOSE {port}" for port in ports]
    lines += [f"WORKDIR {workdir}"] if workdir else []
    lines += [f"USER {user}"] if user else []
    lines += [f"CMD {json.dumps(list(command))}"] if command else []
    return "\n".join(lines) + "\n"
