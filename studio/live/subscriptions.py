"""Who may listen to what: for each kind of topic one question, asked at joining and again while listening."""

from collections.abc import Callable

from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User

# `(user, name)`: whether this person may hear of `kind:name`.
Rule = Callable[[User, str], bool]

LONGEST_TOPIC = 120

_rules: dict[str, Rule] = {}


def register(kind: str, rule: Rule) -> None:
    """Say who may listen to topics `kind:…`; called by a feature's AppConfig when the studio starts."""
    _rules[kind] = rule


def may_listen(user: User, topic: str) -> bool:
    """Whether this person may listen to a topic. A kind nobody registered is nobody's to hear."""
    kind, _, name = topic.partition(":")
    rule = _rules.get(kind)
    if rule is None or not name or len(topic) > LONGEST_TOPIC or "\x00" in topic:
        return False
    return rule(user, name)


def _own(user: User, name: str) -> bool:
    return name == str(user.pk)


def _member(user: User, name: str) -> bool:
    return Workspace.objects.for_user(user, Permission.WORKSPACE_VIEW).filter(slug=name).exists()


register("user", _own)
register("workspace", _member)
