"""The commands of compute targets, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="NAME", help="the target's name")
_YES = arg("--yes", action="store_true", help="do not ask")
_SETTINGS = (
    arg("--slots", type=int, metavar="N", help="so many jobs run at once"),
    arg("--engine", metavar="ADDRESS", help="ssh://user@host or tcp://host:2376; this machine's engine otherwise"),
    arg("--network", choices=("none", "bridge"), help="what a job reaches besides the studio"),
    arg("--cpus", type=float, metavar="N", help="of each job"),
    arg("--memory", metavar="SIZE", help="of each job, like 512m or 8g"),
    arg("--pids", type=int, metavar="N", help="processes and threads of each job"),
    arg("--gpus", metavar="N|all", help="of each job"),
    arg("--runner-url", metavar="URL", help="where a remote engine's containers reach the studio"),
    arg("--ca", metavar="FILE", help="PEM: the authority of a tcp:// engine"),
    arg("--certificate", metavar="FILE", help="PEM: our certificate for a tcp:// engine"),
    arg("--key", metavar="FILE", help="our private key for a tcp:// or ssh:// engine"),
    arg("--host-key", metavar="FILE", help="an ssh:// host's key, as ssh-keyscan prints it"),
)

COMPUTE = (
    Verb("list", "List compute targets.", "atelier compute list", "listings.compute_targets"),
    Verb(
        "show", "Show a compute target with its queue.", "atelier compute show local", "listings.show_compute", (_NAME,)
    ),
    Verb(
        "create",
        "Make a compute target: a Docker engine whose containers run jobs.",
        "atelier compute create containers --kind docker --slots 2 --memory 4g",
        "compute.create",
        (_NAME, arg("--kind", default="docker", help="docker"), *_SETTINGS),
    ),
    Verb(
        "update",
        "Change a compute target; what is not named stays.",
        "atelier compute update containers --network bridge",
        "compute.update",
        (
            _NAME,
            *_SETTINGS,
            arg("--pause", action="store_true", help="start nothing new there"),
            arg("--resume", action="store_true", help="start jobs there again"),
        ),
    ),
    Verb(
        "check",
        "Have a worker look at a target's engine, and say what it saw.",
        "atelier compute check containers",
        "compute.check",
        (_NAME,),
    ),
    Verb(
        "delete",
        "Forget a compute target that no job has used.",
        "atelier compute delete containers",
        "compute.delete",
        (_NAME, _YES),
    ),
)
