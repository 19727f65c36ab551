"""The commands of webhooks, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_WEBHOOK = arg("webhook", metavar="WEBHOOK", type=int, help="the webhook's number")
_EVENT = arg("--event", action="append", default=[], metavar="EVENT", help="what it is told (may be repeated)")
_SIGNED = arg(
    "--signed", action="store_true", help="sign messages; the secret is ATELIER_WEBHOOK_SECRET, asked for, or read"
)

WEBHOOK = (
    Verb("list", "List webhooks.", "atelier webhook list", "webhooks.list_webhooks"),
    Verb("show", "Show a webhook.", "atelier webhook show 3", "webhooks.show", (_WEBHOOK,)),
    Verb(
        "create",
        "Make a webhook.",
        "atelier webhook create ci https://ci.example.org/hook --event model_version.created --signed",
        "webhooks.create",
        (
            arg("name", metavar="NAME", help="what it is called"),
            arg("address", metavar="URL", help="where messages go"),
            arg("--event", action="append", required=True, metavar="EVENT", help="what it is told (may be repeated)"),
            arg("--description", default="", help="what it is for"),
            _SIGNED,
        ),
    ),
    Verb(
        "edit",
        "Change a webhook, switch it off or on.",
        "atelier webhook edit 3 --disable",
        "webhooks.edit",
        (
            _WEBHOOK,
            arg("--name", help="what it is called"),
            arg("--address", metavar="URL", help="where messages go"),
            _EVENT,
            arg("--description", help="what it is for"),
            arg("--activate", action="store_true", help="send again, also after failures"),
            arg("--disable", action="store_true", help="send nothing"),
            _SIGNED,
        ),
    ),
    Verb(
        "test",
        "Send an example message.",
        "atelier webhook test 3",
        "webhooks.test",
        (_WEBHOOK, arg("--event", metavar="EVENT", help="the event (default: the first one it is told)")),
    ),
    Verb(
        "log",
        "Show what a webhook sent, newest first.",
        "atelier webhook log 3",
        "webhooks.log",
        (_WEBHOOK, arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")),
    ),
    Verb(
        "redeliver",
        "Send a message once more.",
        "atelier webhook redeliver 3 71",
        "webhooks.redeliver",
        (_WEBHOOK, arg("delivery", metavar="DELIVERY", type=int, help="the message's number in the log")),
    ),
    Verb("delete", "Delete a webhook with its log.", "atelier webhook delete 3", "webhooks.delete", (_WEBHOOK,)),
)
