"""The tables of the base, re-exported so that the app label and the migrations stay with the app."""

from studio.access.models import Invitation, Membership, Role, Workspace
from studio.accounts.models import ApiToken, LoginAttempt, SignInLink, User
from studio.activity.models import Activity, Event
from studio.api.models import IdempotencyKey
from studio.lineage.models import LineageEdge
from studio.notifications.models import Notification
from studio.secrets.models import Connection, Secret, SecretUse, SecretVersion, WorkspaceKey
from studio.storage.models import Blob, ObjectRemoval
from studio.webhooks.models import Webhook, WebhookDelivery

__all__ = [
    "Activity",
    "ApiToken",
    "Blob",
    "Connection",
    "Event",
    "IdempotencyKey",
    "Invitation",
    "LineageEdge",
    "LoginAttempt",
    "Membership",
    "Notification",
    "ObjectRemoval",
    "Role",
    "Secret",
    "SecretUse",
    "SecretVersion",
    "SignInLink",
    "User",
    "Webhook",
    "WebhookDelivery",
    "Workspace",
    "WorkspaceKey",
]
