"""Template tags of the pages of experiments and runs."""

from django import template

register = template.Library()


@register.simple_tag
def first_run_commands(base_url: str) -> str:
    """What a newcomer types once, with this studio's own address."""
    return f"pip install ./sdk\natelier login {base_url.rstrip('/')}"


@register.simple_tag
def first_run_script() -> str:
    """The shortest script that records a run."""
    return 'import atelier\n\nwith atelier.start_run(experiment="vision/digits") as run:\n    run.log({"loss": 0.3}, step=1)'


@register.filter
def last_segment(path: str) -> str:
    """`digits` of `vision/digits`."""
    return path.rpartition("/")[2]
