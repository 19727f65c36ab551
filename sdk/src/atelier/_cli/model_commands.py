"""The commands of registered models, for the table in `commands`."""

from __future__ import annotations

import argparse

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="MODEL", help="the model's name")
_REF = arg("version", metavar="REF", nargs="?", default="latest", help="a number, an alias or latest (default)")
_COMMENT = arg("--comment", default="", help="an answer")
_YES_OR_NO = argparse.BooleanOptionalAction
_VERSION = arg("--version", metavar="REF", help="a number, an alias or latest")

MODEL = (
    Verb(
        "list",
        "List models.",
        "atelier model list --filter \"name LIKE 'digits%'\"",
        "models.list_models",
        (
            arg("--filter", metavar="TEXT", help="only models for which this holds, e.g. \"tags.team = 'vision'\""),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb("show", "Show a model with its versions, or one version.", "atelier model show digits-svm", "models.show",
         (_NAME, _VERSION)),
    Verb(
        "create",
        "Make the next version of a model of a model file of Azure ML; files it names on this machine are sent.",
        "atelier model create -f model.yml",
        "models.create",
        (arg("-f", "--file", required=True, metavar="FILE", help="the model file"),),
    ),
    Verb(
        "register",
        "Make the next version of a model of a run's files.",
        "atelier model register digits-svm runs:/k3v9x2m7qabc/model --alias candidate",
        "models.register",
        (
            _NAME,
            arg("source", metavar="SOURCE", help="runs:/RUN/FOLDER, models:/NAME/VERSION, ./FOLDER of this machine or another address"),
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
            arg("stage", metavar="STAGE", help="one of `atelier model stages`"),
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
            arg("--card", metavar="FILE", help="the model card of a version: a Markdown file, or - for standard input"),
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
    Verb("stages", "List the stages and what they ask of a version.", "atelier model stages", "model_reviews.stages"),
    Verb(
        "define-stage",
        "Make or change a stage.",
        'atelier model define-stage Production --approval --metric "accuracy >= 0.9" --check fairness',
        "model_reviews.define",
        (
            arg("stage", metavar="STAGE", help="its name"),
            arg("--description", help="what it stands for"),
            arg("--approval", action=_YES_OR_NO, default=None, help="whether somebody else has to approve"),
            arg("--approver", action="append", type=int, metavar="ID", help="a person who approves (may be repeated)"),
            arg("--metric", action="append", metavar="RULE", help='such as "accuracy >= 0.9" (may be repeated)'),
            arg("--check", action="append", metavar="NAME", help="a check that must have passed (may be repeated)"),
            arg("--no-rules", action="store_true", help="take all its rules away"),
            arg("--remove", action="store_true", help="remove the stage"),
        ),
    ),
    Verb(
        "request",
        "Ask that a version moves to a stage.",
        "atelier model request digits-svm 3 Production --comment better",
        "model_reviews.request",
        (
            _NAME,
            arg("version", metavar="REF", help="a number, an alias or latest"),
            arg("stage", metavar="STAGE", help="the stage"),
            arg("--comment", default="", help="why"),
            arg("--archive-existing", action="store_true", help="archive the versions that are there then"),
        ),
    ),
    Verb("approve", "Approve what is asked for a version.", "atelier model approve digits-svm 3",
         "model_reviews.approve", (_NAME, _REF, _COMMENT)),
    Verb("reject", "Reject what is asked for a version.", "atelier model reject digits-svm 3 --comment 'not yet'",
         "model_reviews.reject", (_NAME, _REF, _COMMENT)),
    Verb("withdraw", "Take one's own request back.", "atelier model withdraw digits-svm 3",
         "model_reviews.withdraw", (_NAME, _REF)),
    Verb(
        "check",
        "Report the result of a check of a version, or list the results.",
        "atelier model check digits-svm 3 fairness --passed",
        "model_reviews.check",
        (
            _NAME,
            arg("version", metavar="REF", help="a number, an alias or latest"),
            arg("check", metavar="CHECK", nargs="?", help="its name; left out: list the results"),
            arg("--passed", action="store_true", help="it passed"),
            arg("--failed", action="store_true", help="it failed"),
            arg("--detail", default="", help="what was seen"),
            arg("--link", default="", help="an address where more of it is"),
        ),
    ),
    Verb("compare", "Compare two versions.", "atelier model compare digits-svm 2 3", "model_reviews.compare",
         (_NAME, arg("version", metavar="REF", help="a version"),
          arg("other", metavar="REF", help="another; or NAME:REF of another model"))),
    Verb("uses", "Say what uses a version.", "atelier model uses digits-svm 3", "model_reviews.uses", (_NAME, _REF)),
    Verb("archive", "Archive a model, or a version.", "atelier model archive digits-svm --version 1",
         "model_reviews.archive", (_NAME, _VERSION)),
    Verb("restore", "Take an archived model or version back.", "atelier model restore digits-svm",
         "model_reviews.restore", (_NAME, _VERSION)),
)  # fmt: skip
