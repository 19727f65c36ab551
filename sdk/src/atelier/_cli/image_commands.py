"""The commands of images, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="IMAGE", help="the image's name")
_REF = arg("version", metavar="REF", nargs="?", default="latest", help="a number, a tag or latest (default)")
_STREAM = arg("--stream", action="store_true", help="print the log; exit code 1 when the build fails")

IMAGE = (
    Verb(
        "build",
        "Build an image of a model, or of a scoring script alone.",
        "atelier image build --model digits:3 --code ./score --script score.py --environment scikit-learn --stream",
        "images.build",
        (
            arg("--model", action="append", default=[], metavar="NAME:VERSION",
                help="a model version (may be repeated; none: the script needs no model)"),
            arg("--code", metavar="DIR", help="the folder with the scoring script, or the script alone"),
            arg("--script", default="", metavar="PATH", help="the scoring script's path in the folder"),
            arg("--environment", metavar="REF", help="such as my-env:3 or a curated name (default: the model's own, for a script alone minimal)"),
            arg("--base", default="", metavar="IMAGE", help="the base image (default: the environment's or the studio's)"),
            arg("--type", default="docker", metavar="TYPE",
                help="docker (default), or onnx: the model converted and served by onnxruntime"),
            arg("--name", default="", help="the image's name (default: the model's; needed without one)"),
            arg("--registry", default="", metavar="CONNECTION", help="a connection to another registry"),
            arg("--description", default="", help="what it is for"),
            arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="a tag with a value (may be repeated)"),
            _STREAM,
        ),
    ),
    Verb(
        "list",
        "List images.",
        "atelier image list --filter \"model = 'digits'\"",
        "images.list_images",
        (
            arg("--filter", metavar="TEXT", help="only images for which this holds, e.g. \"state = 'ready'\""),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb("show", "Show an image with its versions, or one version.", "atelier image show digits --version 3",
         "images.show", (_NAME, arg("--version", metavar="REF", help="a number, a tag or latest"))),
    Verb("log", "Print the log of a build.", "atelier image log digits 3 --follow", "images.log",
         (_NAME, _REF, arg("-f", "--follow", action="store_true", help="go on until the build has ended"))),
    Verb("cancel", "Stop a build.", "atelier image cancel digits 3", "images.cancel", (_NAME, _REF)),
    Verb("retry", "Try a failed or canceled build again.", "atelier image retry digits 3 --stream", "images.retry",
         (_NAME, _REF, _STREAM)),
    Verb(
        "tag",
        "Let a word lead to a version.",
        "atelier image tag digits stable 3",
        "images.tag",
        (
            _NAME,
            arg("word", metavar="TAG", help="the word"),
            _REF,
            arg("--remove", action="store_true", help="forget the word instead"),
        ),
    ),
    Verb("sbom", "Print the packages of an image as CycloneDX JSON.", "atelier image sbom digits 3",
         "images.sbom", (_NAME, _REF)),
    Verb(
        "delete",
        "Delete a version, or an image with all of them.",
        "atelier image delete digits --version 2",
        "images.delete",
        (
            _NAME,
            arg("--version", metavar="REF", help="a number or a tag"),
            arg("--yes", action="store_true", help="do not ask"),
        ),
    ),
)  # fmt: skip
