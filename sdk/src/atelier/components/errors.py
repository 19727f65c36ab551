"""What a component says when its data or its settings do not fit."""

from __future__ import annotations


class ComponentError(Exception):
    """One clear sentence for the person: what, why, what to do. `parameter` or `port` names the place, where there is one."""

    def __init__(self, sentence: str, *, parameter: str = "", port: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.parameter = parameter
        self.port = port
