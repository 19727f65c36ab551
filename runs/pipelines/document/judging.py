"""The problems of one node, as they are found."""

from runs.pipelines.document.known import Known, Level
from runs.pipelines.document.problems import Problem


class Judge:
    """Collects the problems of one node."""

    def __init__(self, known: Known, level: Level, name: str) -> None:
        self.known, self.level, self.name = known, level, name
        self.found: list[Problem] = []

    def wrong(self, code: str, sentence: str, field: str = "", *, port: str = "", parameter: str = "") -> None:
        node = f"{self.level.name}.{self.name}" if self.level.name else self.name
        path = f"{self.level.path}jobs.{self.name}" + (f".{field}" if field else "")
        self.found.append(Problem(code, sentence, node, port, parameter, path))
