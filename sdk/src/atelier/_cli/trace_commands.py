"""The commands of traces, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import TAGS, Verb, arg

_TRACE = arg("trace", metavar="TRACE", help="the trace's id")

TRACE = (
    Verb(
        "list",
        "List traces, newest first.",
        "atelier trace list \"status = 'ERROR'\" --experiment support",
        "traces.list_traces",
        (
            arg("filter", metavar="FILTER", nargs="?", default="", help="which ones, in the search language"),
            arg("--experiment", metavar="PATH", help="only those of this experiment"),
            arg("--run", metavar="RUN", help="only those of this run"),
            arg("--sort", metavar="ORDER", help='such as "execution_time DESC"'),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb(
        "show",
        "Show a trace as a tree of its steps, with what was said of it.",
        "atelier trace show tr-0123456789abcdef0123456789abcdef",
        "traces.show",
        (_TRACE,),
    ),
    Verb(
        "assess",
        "Say something of a trace: a verdict, or what was expected.",
        'atelier trace assess tr-0123456789abcdef0123456789abcdef correct false --why "Wrong order number"',
        "traces.assess",
        (
            _TRACE,
            arg("name", metavar="NAME", help="what is judged, such as correct"),
            arg("value", metavar="VALUE", help="JSON, or a word"),
            arg("--expectation", action="store_true", help="it says what was expected"),
            arg("--why", default="", metavar="TEXT", help="the reason"),
            arg("--span", default="", metavar="SPAN", help="of this step only"),
        ),
    ),
    Verb(
        "tag",
        "Set or remove tags of a trace.",
        "atelier trace tag tr-0123456789abcdef0123456789abcdef env=prod --remove draft",
        "traces.tag",
        (_TRACE, *TAGS),
    ),
    Verb(
        "delete",
        "Delete traces for good.",
        "atelier trace delete tr-0123456789abcdef0123456789abcdef",
        "traces.delete",
        (
            arg("traces", metavar="TRACE", nargs="+", help="the traces' ids"),
            arg("--yes", action="store_true", help="do not ask"),
        ),
    ),
)
