"""Making the stages of a plan, each from what it is said to hold."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docker.utils import exclude_paths

from compute.building.plans import Plan, PlanFile, Stage
from compute.building.program import archives, dockerfiles, packages, reading, scripts, telling
from compute.building.program.engine import Engine
from compute.building.program.failing import Problem
from compute.building.program.files import Files
from compute.engines import base_image, host_python
from studio.errors import StudioError

PACKAGES_TAR, FILES_TAR = "packages.tar", "files.tar"


class Maker:
    """Makes one stage after the other and remembers what later ones stand on."""

    def __init__(self, engine: Engine, plan: Plan, files: Files, folder: Path) -> None:
        self._engine, self._plan, self._files, self._folder = engine, plan, files, folder
        self._tags: dict[str, str] = {}
        self._pythons: dict[str, str] = {}
        self._made: dict[str, Path] = {}  # what scripts have made, by stage
        machine = engine.machine
        self._rules = base_image.Rules(
            reference=str(machine["base_image"]),
            allowed=tuple(machine["allowed_base_images"]) or base_image.ALLOWED,
            may_pull=bool(machine["may_pull"]),
        )
        self.base = ""  # the image that the first stage stands on
        self.facts: dict[str, Any] = {}  # what scripts said about their work, by stage

    def make(self, stage: Stage, number: int) -> tuple[Any, bool]:
        """The stage's image and whether it was there already; no image for a stage that runs a script."""
        if stage.script is not None:
            self._run(stage)
            return None, False
        if not stage.tag:
            raise Problem(f"The stage {stage.name} has no tag.")
        self._tags[stage.name] = stage.tag
        found = self._engine.find(stage.tag)
        if found is not None:
            self._engine.teller.say(f"Using the image that is there: {stage.tag}", indent=2)
            return found, True
        folder = _fresh(self._folder / f"stage-{number}")
        temporary = self._engine.mark.temporary(number)
        image = self._from_context(stage, folder, temporary) if stage.context else self._ours(stage, folder, temporary)
        # The last thing that happens to a stage: whoever finds the tag finds a whole image.
        repository, _, word = stage.tag.rpartition(":")
        self._engine.client.api.tag(image.id, repository, word, force=True)
        self._engine.client.images.remove(temporary, noprune=True)
        shutil.rmtree(folder, ignore_errors=True)
        return self._engine.client.images.get(stage.tag), False

    def _ours(self, stage: Stage, folder: Path, tag: str) -> Any:
        """A stage of packages and files: archives laid over its base, nothing of them run."""
        base = self._base(stage)
        python = self._python(stage, base) if stage.packages else ""
        laid, compiled = [], []
        if stage.packages:
            place = self._bring_in(stage, folder, python)
            archives.write(folder / PACKAGES_TAR, archives.of_folder(place, stage.packages_at))
            shutil.rmtree(place)
            laid.append(PACKAGES_TAR)
            compiled += [] if packages.is_own(python) else [stage.packages_at]
        if stage.files:
            count = archives.write(folder / FILES_TAR, self._entries(stage))
            self._engine.teller.say(f"Files: {telling.size(count)}", indent=2)
            laid.append(FILES_TAR)
        text = dockerfiles.written(
            base=base,
            labels={**self._engine.mark.labels, **stage.labels},
            archives=laid,
            compiled=compiled,
            environment=stage.environment,
            workdir=stage.workdir,
            user=stage.user,
            command=stage.command,
            ports=stage.ports,
        )
        entries = [archives.of_bytes("Dockerfile", text.encode())]
        entries += [archives.of_file(folder / name, name, 0o644) for name in laid]
        return self._built(folder, entries, tag, network="none")

    def _from_context(self, stage: Stage, folder: Path, tag: str) -> Any:
        """A user's own Dockerfile with its folder."""
        place = folder / "context"
        place.mkdir()
        archives.unpack(self._files.fetch(stage.context), place)
        name = archives.checked(stage.dockerfile or dockerfiles.NAME)
        if not (place / name).is_file():
            raise Problem(f"There is no {name} in the folder of the environment.")
        network = str(self._engine.machine["network"])
        text = dockerfiles.marked(
            (place / name).read_text("utf-8", "replace"),
            labels={**self._engine.mark.labels, **stage.labels},
            bring=self._bring,
            may_fetch=network != "none",
        )
        (place / name).write_text(text)
        kept = exclude_paths(str(place), _ignored(place), dockerfile=name)
        entries = [
            archives.of_file(place / path, path, (place / path).stat().st_mode)
            for path in kept
            if (place / path).is_file()
        ]
        return self._built(folder, entries, tag, network=network, dockerfile=name)

    def _built(
        self, folder: Path, entries: list[archives.Entry], tag: str, *, network: str, dockerfile: str = "Dockerfile"
    ) -> Any:
        context = folder / "context.tar"
        size = archives.write(context, entries)
        self._engine.teller.say(f"Sending {telling.size(size)} to the engine", indent=2)
        return self._engine.build(context, tag=tag, network=network, dockerfile=dockerfile)

    def _run(self, stage: Stage) -> None:
        assert stage.script is not None
        folder = _fresh(self._folder / f"script-{stage.name}")
        given = folder / FILES_TAR
        archives.write(
            given, [archives.Entry(f"in/{each.name}", each.size, each.mode, each.open) for each in self._entries(stage)]
        )
        source, made = self._files.fetch(stage.script.sha256), folder / "made"
        self._engine.teller.say("Running its script", indent=2)
        base = self._base(stage)
        self.facts[stage.name] = scripts.run(self._engine, base, stage.script, source=source, files=given, made=made)
        self._made[stage.name] = made

    def _entries(self, stage: Stage) -> Iterator[archives.Entry]:
        for item in stage.files:
            if item.made_by:
                yield from self._entries_made(item)
            elif item.unpack:
                yield from archives.of_zip(self._files.fetch(item.sha256), item.path)
            else:
                yield archives.of_file(self._files.fetch(item.sha256), item.path, item.mode)

    def _entries_made(self, item: PlanFile) -> Iterator[archives.Entry]:
        made = self._made.get(item.made_by)
        source = made / archives.checked(item.source) if made and item.source else made
        if source is None or not source.exists():
            raise Problem(f"The stage {item.made_by} has not made {item.source or 'anything'}.")
        if source.is_file():
            yield archives.of_file(source, item.path, item.mode)
        else:
            yield from archives.of_folder(source, item.path)

    def _bring_in(self, stage: Stage, folder: Path, python: str) -> Path:
        place = folder / "packages"
        packages.install(
            stage.packages,
            folder=place,
            python=python,
            platform=self._plan.platform,
            index=stage.index,
            teller=self._engine.teller,
        )
        packages.portable_scripts(place)
        if packages.is_own(python):
            packages.compile_all(place, stage.packages_at, self._engine.teller)
        return place

    def _base(self, stage: Stage) -> str:
        """The reference of what the stage stands on, which the engine has."""
        if stage.below:
            if stage.below not in self._tags:
                raise Problem(f"The stage {stage.name} stands on {stage.below}, which is no image made before it.")
            return self._tags[stage.below]
        if stage.base:
            return self._bring(stage.base)
        try:
            found = base_image.ensure(self._engine.client, stage.python, rules=self._rules)
        except StudioError as error:
            raise _problem(error) from error
        return self._stands_on(found)

    def _bring(self, reference: str) -> str:
        try:
            return self._stands_on(base_image.bring(self._engine.client, reference, rules=self._rules))
        except StudioError as error:
            raise _problem(error) from error

    def _stands_on(self, reference: str) -> str:
        self.base = self.base or reference
        self._engine.teller.say(f"Base image {reference}", indent=2)
        return reference

    def _python(self, stage: Stage, base: str) -> str:
        """The version that the packages are for: of the image they go into, which knows better than anybody."""
        if not stage.base:
            self._pythons[stage.name] = stage.python or host_python.find().version
            return self._pythons[stage.name]
        found = self._pythons.get(stage.below) or reading.python_of(self._engine, base)
        if stage.python and stage.python != found:
            raise Problem(f"The image {base} has Python {found}, and Python {stage.python} is wanted.")
        self._pythons[stage.name] = found
        return found


def _fresh(folder: Path) -> Path:
    """An empty folder: an earlier try of this build may have left something there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _ignored(place: Path) -> list[str]:
    try:
        lines = (place / ".dockerignore").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _problem(error: StudioError) -> Problem:
    return Problem(f"{error.message} {error.hint}".strip())
