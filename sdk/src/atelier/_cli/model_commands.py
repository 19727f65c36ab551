"""The commands of registered models, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="MODEL", help="the model's name")
_VERSION = arg("--version", metavar="REF", help="a number, an alias or latest")

MODEL = (
    Verb(
        "ls",
        "List models.",
        "atelier model ls --filter \"name LIKE 'digits%'\"",
        "models.list_models",
        (
            arg("--filter", metavar="TEXT", help="only models for which this holds, e.g. \"tags.team = 'vision'\""),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb("show", "Show a model with its versions, or one version.", "atelier model show digits-svm", "models.show",
         (_NAME, _VERSION)),
    Verb(
        "register",
        "Make the next version of a model of a run's files.",
        "atelier model register digits-svm runs:/k3v9x2m7qabc/model --alias candidate",
        "models.register",
        (
            _NAME,
            arg("source", metavar="SOURCE", help="runs:/RUN/FOLDER, models:/NAME/VERSION or another address"),
            arg("--alias", action="append", default=[], help="an alias for it (may be repeated)"),
            arg("--description", help="what is new about it"),
        ),
    ),
    Verb(
        "alias",
        "Let an alias lead to a version.",
        "atelier model alias digits-svm champion 3",
        "models.alias",
        (
            _NAME,
            arg("alias", metavar="ALIAS", help="the alias"),
            arg("version", metavar="REF", nargs="?", default="latest", help="the version (default: latest)"),
            arg("--remove", action="store_true", help="forget the alias instead"),
        ),
    ),
    Verb(
        "stage",
        "Move a version into a stage.",
        "atelier model stage digits-svm 3 Production --archive-existing",
        "models.stage",
        (
            _NAME,
            arg("version", metavar="REF", help="a number, an alias or latest"),
            arg("stage", metavar="STAGE", help="None, Staging, Production or Archived"),
            arg("--archive-existing", action="store_true", help="archive the versions that are there now"),
        ),
    ),
    Verb(
        "edit",
        "Change the name, description or tags of a model, or of a version.",
        "atelier model edit digits-svm --version 3 --tag checked=yes --remove draft",
        "models.edit",
        (
            _NAME,
            _VERSION,
            arg("--name", dest="new_name", metavar="NAME", help="another name (of a model)"),
            arg("--description", help="what it is"),
            arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="a tag to set (may be repeated)"),
            arg("--remove", action="append", default=[], metavar="NAME", help="a tag to remove (may be repeated)"),
        ),
    ),
    Verb(
        "delete",
        "Delete a version, or a model with all of them.",
        "atelier model delete digits-svm --version 2",
        "models.delete",
        (_NAME, _VERSION, arg("--yes", action="store_true", help="do not ask")),
    ),
    Verb(
        "download",
        "Save the files of a version.",
        "atelier model download digits-svm --version champion --to ./model",
        "models.download",
        (_NAME, _VERSION, arg("--to", metavar="DIR", help="the folder to save to (default: model)")),
    ),
)  # fmt: skip
