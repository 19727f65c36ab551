"""The part of the guard's table about workspaces and who is in them."""

from tests.guard.levels import ANYONE, OWNER, READER, SIGNED_IN, Entry

WORKSPACES: dict[str, Entry] = {
    "workspace-list": {"GET": SIGNED_IN, "POST": SIGNED_IN},  # who may create is tested beside the view
    "workspace-settings": {"GET": OWNER, "POST": OWNER},
    "member-list": {"GET": READER},
    "member-leave": {"POST": READER},
    "member-role": {"POST": OWNER},
    "member-remove": {"POST": OWNER},
    "invitation-create": {"POST": OWNER},
    "invitation-withdraw": {"POST": OWNER},
    "invitation-accept": {"GET": ANYONE, "POST": ANYONE},
    "api-workspaces": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "api-workspace": {"GET": READER, "PATCH": OWNER},
    "api-members": {"GET": READER},
    "api-member": {"PATCH": OWNER, "DELETE": OWNER},
    "api-invitations": {"GET": OWNER, "POST": OWNER},
    "api-invitation": {"DELETE": OWNER},
}
MEANS: dict[str, dict[str, str]] = {
    "invitation-accept": {"secret": "unknown_secret"},
}
