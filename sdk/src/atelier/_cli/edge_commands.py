"""The commands of edge devices, for the table in `commands`: `device` is for people, `edge` runs on the device."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_DEVICE = arg("name", metavar="DEVICE", help="the device's name")
_MODULE = arg("module", metavar="MODULE", help="the module's name")
_STATE = arg(
    "--state", metavar="DIR", help="the agent's folder (default: /var/lib/atelier-edge for root, else in your home)"
)
_YES = arg("--yes", action="store_true", help="do not ask")

DEVICE = (
    Verb(
        "create",
        "Make a device and print the code that enrols it.",
        "atelier device create press-3",
        "devices.create",
        (_DEVICE, arg("--description", default="", help="where it stands"), arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="a tag (may be repeated)")),
    ),
    Verb(
        "list",
        "List devices.",
        "atelier device list",
        "devices.list_devices",
        (
            arg("-q", "--query", default="", help="only those whose name or description has these words"),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb("show", "Show a device and what it runs.", "atelier device show press-3", "devices.show", (_DEVICE,)),
    Verb(
        "code",
        "Print a new code, or shut the device out.",
        "atelier device code press-3 --hours 2",
        "devices.code",
        (
            _DEVICE,
            arg("--hours", type=int, default=24, metavar="N", help="good for this long (default 24)"),
            arg("--revoke", action="store_true", help="no code: the device's token opens nothing any more"),
            _YES,
        ),
    ),
    Verb(
        "deploy",
        "Have a device run an image, as a new module or in the place of what the module ran.",
        "atelier device deploy press-3 --image defects:3 --port 8080",
        "devices.deploy",
        (
            _DEVICE,
            arg("--image", required=True, metavar="IMAGE", help="such as defects:3, defects:stable or defects@latest"),
            arg("--module", default="", metavar="MODULE", help="the module's name (default: the image's)"),
            arg("--port", type=int, metavar="N", help="its port on the device; 0 for none"),
            arg("--address", choices=("127.0.0.1", "0.0.0.0"), help="who reaches the port: the device alone (default), or its network"),
            arg("--env", action="append", default=[], metavar="NAME=VALUE", help="an environment variable, all of them anew (may be repeated)"),
            arg("--cpus", type=float, metavar="N", help="at most so many CPUs; 0 for no limit"),
            arg("--memory", metavar="SIZE", help="at most so much memory, such as 512M; 0 for no limit"),
            arg("--restart", choices=("always", "on-failure", "never"), help="what happens when it ends (default always)"),
            arg("--wait", action="store_true", help="say what happens until it runs; exit code 1 when it does not"),
        ),
    ),
    Verb("rollback", "Go back to what a module ran before.", "atelier device rollback press-3 defects", "devices.roll_back", (_DEVICE, _MODULE)),
    Verb("stop", "Stop a module.", "atelier device stop press-3 defects", "devices.stop", (_DEVICE, _MODULE)),
    Verb("start", "Start a stopped module.", "atelier device start press-3 defects", "devices.start", (_DEVICE, _MODULE)),
    Verb("restart", "Start a module anew.", "atelier device restart press-3 defects", "devices.restart", (_DEVICE, _MODULE)),
    Verb("remove", "Take a module off a device.", "atelier device remove press-3 defects --yes", "devices.remove", (_DEVICE, _MODULE, _YES)),
    Verb(
        "events",
        "Print what happened on a device.",
        "atelier device events press-3",
        "devices.events",
        (_DEVICE, arg("--limit", type=int, default=20, metavar="N", help="the last so many (default 20)")),
    ),
    Verb(
        "manifest",
        "Print a deployment manifest of Azure IoT Edge.",
        "atelier device manifest press-3 --registry factory.azurecr.io",
        "devices.manifest",
        (_DEVICE, arg("--registry", default="", metavar="HOST", help="where the device pulls the studio's own images from")),
    ),
    Verb("delete", "Delete a device.", "atelier device delete press-3 --yes", "devices.delete", (_DEVICE, _YES)),
)  # fmt: skip

EDGE = (
    Verb(
        "enroll",
        "Make this machine known to a studio, by a code from the device's page.",
        "atelier edge enroll --url https://studio.example --code 7KQM-2XPD-9RTW",
        "edge.enroll",
        (arg("--code", required=True, metavar="CODE", help="works once"), _STATE),
    ),
    Verb(
        "agent",
        "Run what the studio says, and keep it running.",
        "atelier edge agent",
        "edge.agent",
        (
            _STATE,
            arg("--once", action="store_true", help="bring everything about, report and end"),
            arg("--ready-seconds", type=float, default=90.0, metavar="N", help="a new version gets so long to be ready (default 90)"),
        ),
    ),
    Verb("status", "Show what the agent on this machine did last.", "atelier edge status", "edge.status", (_STATE,)),
    Verb("leave", "Stop the modules on this machine and forget the studio.", "atelier edge leave --yes", "edge.leave", (_STATE, _YES)),
)  # fmt: skip
