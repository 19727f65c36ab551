"""The command that serves a model on this machine, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

TOP = (
    Verb(
        "serve",
        "Serve a model or a scoring script on this machine, as an image would.",
        "atelier serve --model ./model --script code/score.py --port 5001",
        "serving.serve",
        (
            arg(
                "--model",
                metavar="DIR",
                help="the model's folder: an MLflow model, one ONNX file, or what the script reads",
            ),
            arg("--script", metavar="FILE", help="the scoring script with init() and run(data)"),
            arg("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)"),
            arg("--port", type=int, default=5001, metavar="N", help="the port (default 5001; 0 picks one)"),
            arg("--workers", type=int, default=1, metavar="N", help="worker processes (default 1)"),
        ),
    ),
)
