"""How a build ends before its end."""


class Problem(Exception):
    """The build can't go on; the text is one sentence for people (a few lines where a tool's own words help)."""


class EngineGone(Problem):
    """The engine does not answer; it may come back, and the build go on."""


class Canceled(BaseException):
    """Asked to stop: by a person, the time limit, or the studio's own end."""
