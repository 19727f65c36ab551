"""The commands that bring runs in and take them out, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

RUN_IDS = arg("runs", metavar="RUN", nargs="+", help="the runs' ids")
DRY_RUN = arg("--dry-run", action="store_true", help="say what would come; nothing is created")
NO_FILES = arg("--no-files", action="store_true", help="leave the files out")
PREFIX = arg("--prefix", metavar="PATH", help="put the experiments below this path")
INTO = arg("--experiment", metavar="PATH", help="the experiment to import into")

IMPORT = (
    Verb(
        "mlflow",
        "Import the runs of an MLflow server, a folder mlruns or a file mlflow.db.",
        "atelier import mlflow http://127.0.0.1:5000 --dry-run",
        "exchange.import_mlflow",
        (
            arg("place", metavar="URL|DIR|FILE", help="the server's address, the folder or the database file"),
            arg("--artifacts", metavar="DIR", help="the folder behind mlflow-artifacts: addresses (with a file)"),
            PREFIX,
            NO_FILES,
            DRY_RUN,
        ),
    ),
    Verb(
        "tensorboard",
        "Import TensorBoard event files; each folder with some is a run.",
        "atelier import tensorboard runs --experiment old/digits",
        "exchange.import_tensorboard",
        (arg("place", metavar="DIR", help="the log folder"), INTO, PREFIX, NO_FILES, DRY_RUN),
    ),
    Verb(
        "wandb",
        "Import the runs that W&B left in its folder.",
        "atelier import wandb ./wandb",
        "exchange.import_wandb",
        (arg("place", metavar="DIR", help="the folder wandb"), INTO, PREFIX, NO_FILES, DRY_RUN),
    ),
    Verb(
        "aim",
        "Import the runs of an Aim repository.",
        "atelier import aim .",
        "exchange.import_aim",
        (arg("place", metavar="REPO", help="the folder that holds .aim"), PREFIX, NO_FILES, DRY_RUN),
    ),
    Verb(
        "zip",
        "Import what atelier export wrote.",
        "atelier import zip vision.zip",
        "exchange.import_zip",
        (arg("place", metavar="FILE", help="the zip"), PREFIX, NO_FILES, DRY_RUN),
    ),
)

TO = arg("--to", metavar="FILE", help="the zip to write")
FORCE = arg("--force", action="store_true", help="overwrite the zip")

EXPORT = (
    Verb(
        "run",
        "Export runs to a zip of open formats.",
        "atelier export run k3v9x2m7qabc --to best.zip",
        "exchange.export_runs",
        (RUN_IDS, TO, NO_FILES, FORCE),
    ),
    Verb(
        "experiment",
        "Export every run of an experiment.",
        "atelier export experiment vision/digits --to digits.zip",
        "exchange.export_experiment",
        (arg("path", metavar="PATH", help="the experiment's path"), TO, NO_FILES, FORCE),
    ),
    Verb(
        "model",
        "Export registered models with all their versions.",
        "atelier export model digits-svm --to digits-svm.zip",
        "exchange.export_models",
        (arg("models", metavar="MODEL", nargs="+", help="the names of models"), TO, NO_FILES, FORCE),
    ),
    Verb(
        "workspace",
        "Export every run and every registered model of the workspace.",
        "atelier export workspace --to vision.zip",
        "exchange.export_workspace",
        (TO, NO_FILES, FORCE),
    ),
)
