"""How containers are run, without an engine."""

from compute.building.program.marks import BUILD, Mark
from compute.engines import hardening


def test_a_container_of_a_built_image_does_not_look_like_what_its_build_left() -> None:
    assert hardening.limits()["labels"] == {BUILD: ""}


def test_a_container_of_a_build_does() -> None:
    mark = Mark("studio", 14, 1)
    assert hardening.limits(labels=mark.labels)["labels"] == mark.labels
