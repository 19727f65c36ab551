"""The commands of batch endpoints and batch deployments, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("-n", "--name", required=True, metavar="ENDPOINT", help="the batch endpoint's name")
_OF = arg(
    "-e",
    "--endpoint-name",
    "--endpoint",
    dest="endpoint",
    required=True,
    metavar="ENDPOINT",
    help="the batch endpoint's name",
)
_DEPLOYMENT = arg("-n", "--name", required=True, metavar="DEPLOYMENT", help="the deployment's name")
_JOB = arg("job", metavar="JOB", help="the batch job's id")
_YES = arg("--yes", action="store_true", help="do not ask")
_LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")
_SET = arg(
    "--set",
    action="append",
    default=[],
    metavar="NAME=VALUE",
    help="change one value of the file, e.g. settings.mini_batch_size=5 (may be repeated)",
)
_STREAM = arg(
    "--stream",
    "--wait",
    dest="wait",
    action="store_true",
    help="say how it goes until the end; exit code 1 when it fails",
)

ENDPOINT = (
    Verb(
        "create",
        "Make a batch endpoint of a YAML file.",
        "atelier batch-endpoint create -f endpoint.yml",
        "batch.create",
        (
            arg("-f", "--file", metavar="FILE", help="the YAML file that describes it"),
            arg("-n", "--name", default="", help="its name (else the file's)"),
            arg("--description", help="what it scores (without a file)"),
            _SET,
        ),
    ),
    Verb("list", "List batch endpoints.", "atelier batch-endpoint list", "batch.list_endpoints", (_LIMIT,)),
    Verb("show", "Show a batch endpoint with its deployments.", "atelier batch-endpoint show -n heart", "batch.show", (_NAME,)),
    Verb(
        "update",
        "Choose the deployment that scores by default, or change words.",
        "atelier batch-endpoint update -n heart --default-deployment v2",
        "batch.update",
        (
            _NAME,
            arg("--default-deployment", metavar="DEPLOYMENT", help="the one that scores when none is named"),
            arg("--description", help="what it scores"),
        ),
    ),
    Verb("delete", "Delete a batch endpoint with its deployments.", "atelier batch-endpoint delete -n heart --yes", "batch.delete", (_NAME, _YES)),
    Verb(
        "invoke",
        "Score an input.",
        "atelier batch-endpoint invoke -n heart --input azureml:patients@latest --stream",
        "batch.invoke",
        (
            _NAME,
            arg("--input", required=True, metavar="DATA", help="a data asset (azureml:NAME@latest) or a place (azureml://datastores/…/paths/…)"),
            arg("--input-type", default="", choices=("", "uri_file", "uri_folder", "mltable"), help="what it is, where it does not say so itself"),
            arg("-d", "--deployment-name", "--deployment", dest="deployment", default="", metavar="DEPLOYMENT", help="this one instead of the default"),
            arg("--output-path", default="", metavar="PLACE", help="the folder of the output: azureml://datastores/…/paths/…"),
            arg("--output-file-name", default="", metavar="NAME", help="such as predictions.parquet"),
            arg("--output-asset", default="", metavar="NAME", help="make the output a version of this data asset"),
            arg("--mini-batch-size", type=int, metavar="N", help="files of one mini-batch"),
            arg("--instance-count", type=int, metavar="N", help="jobs that score at the same time"),
            arg("--set", action="append", default=[], metavar="NAME=VALUE", help="another setting, e.g. error_threshold=10 (may be repeated)"),
            _STREAM,
        ),
    ),
    Verb("list-jobs", "List the jobs of a batch endpoint.", "atelier batch-endpoint list-jobs -n heart", "batch.list_jobs", (_NAME, _LIMIT)),
    Verb("show-job", "Show a batch job with the items that failed.", "atelier batch-endpoint show-job k3v9x2m7qabc", "batch.show_job", (_JOB,)),
    Verb("cancel-job", "Cancel a batch job.", "atelier batch-endpoint cancel-job k3v9x2m7qabc", "batch.cancel_job", (_JOB,)),
    Verb(
        "output",
        "Download the output of a batch job.",
        "atelier batch-endpoint output k3v9x2m7qabc --download-path .",
        "batch.download",
        (_JOB, arg("--download-path", "-p", default=".", metavar="PATH", help="a folder, or the file's name (default: here)")),
    ),
)  # fmt: skip

DEPLOYMENT = (
    Verb(
        "create",
        "Deploy what a YAML file describes, or replace what is there.",
        "atelier batch-deployment create -f deployment.yml --set-default",
        "batch.deploy",
        (
            arg("-f", "--file", required=True, metavar="FILE", help="the YAML file that describes it"),
            arg("-e", "--endpoint-name", "--endpoint", dest="endpoint", default="", metavar="ENDPOINT", help="its endpoint (else the file's)"),
            arg("-n", "--name", default="", help="its name (else the file's)"),
            arg("--set-default", action="store_true", help="it scores when no deployment is named"),
            _SET,
        ),
    ),
    Verb("list", "List the deployments of a batch endpoint.", "atelier batch-deployment list -e heart", "batch.list_deployments", (_OF,)),
    Verb("show", "Show a batch deployment.", "atelier batch-deployment show -n v1 -e heart", "batch.show_deployment", (_DEPLOYMENT, _OF)),
    Verb("delete", "Delete a batch deployment.", "atelier batch-deployment delete -n v1 -e heart --yes", "batch.delete_deployment", (_DEPLOYMENT, _OF, _YES)),
)  # fmt: skip
