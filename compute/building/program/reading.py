"""What is in a finished image: its layers, its packages with their licences, and both as a CycloneDX document."""

import json
import re
import uuid
from typing import Any

from compute.building.program.engine import Engine
from compute.building.program.failing import Problem

READ_SECONDS = 120
READ_MEMORY_MB = 512
MOST_COMMAND = 500
_SENT = re.compile(r"^(ADD|COPY) (?:file|dir|multi):[0-9a-f]{64} in ")
# Run by the image's own Python, so that it tells what a program in it would find.
ASK = """
import json, os, sys
from importlib import metadata
for place in ("/opt/atelier/env", "/opt/atelier/runtime"):
    if os.path.isdir(place) and place not in sys.path:
        sys.path.insert(0, place)
found = {}
for distribution in metadata.distributions():
    told = distribution.metadata
    name = told["Name"]
    if not name or name.lower() in found:
        continue
    licence = told.get("License-Expression") or ""
    if not licence:
        licence = next((line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or ()
                        if line.startswith("License ::")), "")
    if not licence:
        licence = (told.get("License") or "").strip().split("\\n")[0]
    found[name.lower()] = {"name": name[:200], "version": (distribution.version or "")[:200], "licence": licence[:300]}
print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], "packages": [found[name] for name in sorted(found)]}))
"""


def packages_of(engine: Engine, image: str) -> tuple[str, list[dict[str, str]]]:
    """The Python of an image and its packages; ("", []) for an image without a Python that starts."""
    for python in ("python3", "python"):
        try:
            code, said = engine.run(image, [python, "-c", ASK], seconds=READ_SECONDS, memory_mb=READ_MEMORY_MB)
            if code == 0:
                told = json.loads(said.strip().splitlines()[-1])
                return str(told["python"]), list(told["packages"])
        except (Problem, ValueError, KeyError, IndexError):
            continue
    engine.teller.say("The image has no Python that starts, so its packages are not known", indent=2)
    return "", []


def python_of(engine: Engine, image: str) -> str:
    """The version of the Python in an image, "3.11". Raises Problem when there is none."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    code, said = engine.run(image, ["python3", "-c", ask], seconds=READ_SECONDS, memory_mb=READ_MEMORY_MB)
    if code:
        raise Problem(f"The image {image} has no python3 that starts, so no packages can be put into it.")
    return said.strip().splitlines()[-1]


def layers_of(engine: Engine, image: Any) -> list[dict[str, Any]]:
    """The layers from the lowest up: digest, bytes, and the step that made each."""
    steps = [
        {"size": int(step.get("Size") or 0), "command": _command(str(step.get("CreatedBy") or ""))}
        for step in reversed(image.history())
    ]
    digests = list((image.attrs.get("RootFS") or {}).get("Layers") or [])
    made = [step for step in steps if step["size"] or _makes_layer(str(step["command"]))]
    if len(made) != len(digests):  # an engine that keeps less of its history
        made = [step for step in steps if step["size"]]
    if len(made) != len(digests):
        return [{"digest": digest, "size": 0, "command": ""} for digest in digests]
    return [{"digest": digest, **step} for digest, step in zip(digests, made, strict=True)]


def sbom_of(name: str, digest: str, packages: list[dict[str, str]]) -> dict[str, Any]:
    """CycloneDX 1.6: the image and the packages in it. The same packages and digest give the same document but its time."""
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, digest))
    bom.metadata.component = Component(type=ComponentType.CONTAINER, name=name, version=digest, bom_ref="image")
    licences = LicenseFactory()
    for package in packages:
        address = PackageURL("pypi", name=package["name"].lower().replace("_", "-"), version=package["version"])
        component = Component(
            type=ComponentType.LIBRARY,
            name=package["name"],
            version=package["version"],
            purl=address,
            bom_ref=str(address),
            licenses=[licences.make_from_string(package["licence"])] if package["licence"] else [],
        )
        bom.components.add(component)
    bom.register_dependency(bom.metadata.component, bom.components)
    document: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    return document


def _command(text: str) -> str:
    plain = " ".join(text.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").split())
    # What the engine calls the files it was sent tells nobody anything.
    return _SENT.sub(r"\1 files to ", plain)[:MOST_COMMAND]


def _makes_layer(command: str) -> bool:
    """Whether a step makes a layer even when it holds no bytes: all but those that only write into the settings."""
    word = command.split(" ", 1)[0]
    settings = {"LABEL", "ENV", "CMD", "ENTRYPOINT", "EXPOSE", "USER", "STOPSIGNAL", "HEALTHCHECK", "SHELL", "VOLUME"}
    return bool(command) and word not in settings | {"MAINTAINER", "ARG", "ONBUILD", "WORKDIR"}
