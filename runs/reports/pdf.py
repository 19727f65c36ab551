"""A report as a PDF: fpdf2 sets the pages, Matplotlib draws the charts. Nothing is fetched while it is made."""

import io
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify

from runs.reports import queries
from runs.reports.models import Report
from runs.reports.pages import Part
from runs.templatetags.reports import heading
from studio.web import formats

FONT = "DejaVu"
# The light palette of static/css/tokens.css: paper is white.
COLOURS = (
    "#2a6fdb", "#c2570c", "#0d7f81", "#8250df", "#cf222e", "#2b8a3e", "#bf3989", "#8a5a2b", "#1b7f9e", "#7a7a00",
    "#4c4fc4", "#57606a",
)  # fmt: skip
DASHES = ("-", (0, (6, 3)), (0, (2, 3)))
MARGIN, WIDTH = 18, 174  # mm, of an A4 page
MAX_COLUMNS = 8
# A picture of a report is an address: fetching it for the page would let a writer call any address from the studio.
_PICTURE = re.compile(r"<img[^>]*>")
_UNSET = re.compile(r"</?(?:del|s|abbr)\b[^>]*>")


def download(report: Report, parts: list[Part]) -> HttpResponse:
    """The answer with the file."""
    response = HttpResponse(render(report, parts), content_type="application/pdf")
    name = slugify(report.title) or "report"
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def render(report: Report, parts: list[Part]) -> bytes:
    """The bytes of the file."""
    pages = _pages(report)
    pages.add_page()
    pages.set_font(FONT, "B", 20)
    pages.multi_cell(0, 9, report.title, new_x="LMARGIN", new_y="NEXT")
    pages.set_font(FONT, "", 9)
    pages.set_text_color(89, 99, 110)
    pages.multi_cell(0, 6, _byline(report), new_x="LMARGIN", new_y="NEXT")
    pages.set_text_color(31, 35, 40)
    pages.ln(4)
    for part in parts:
        _add(pages, part)
    return bytes(pages.output())


def _pages(report: Report) -> Any:
    import matplotlib
    from fpdf import FPDF

    pages = FPDF(format="A4")
    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold"), ("I", "DejaVuSans-Oblique")):
        pages.add_font(FONT, style, folder / f"{name}.ttf")
    pages.add_font(FONT, "BI", folder / "DejaVuSans-BoldOblique.ttf")
    pages.add_font("mono", "", folder / "DejaVuSansMono.ttf")
    pages.set_margins(MARGIN, MARGIN)
    pages.set_auto_page_break(True, margin=MARGIN)
    pages.set_title(report.title)
    pages.set_creator("Atelier")
    pages.set_lang("en")
    return pages


def _byline(report: Report) -> str:
    who = report.updated_by.name if report.updated_by else "somebody"
    state = "" if report.is_published else " · draft"
    return f"{report.workspace.name} · {who} · version {report.version}{state} · as of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _add(pages: Any, part: Part) -> None:
    if part.error:
        _note(pages, part.error)
    elif part.html is not None:
        _prose(pages, str(part.html))
    elif part.chart is not None:
        _chart(pages, part.chart)
    elif part.table is not None:
        _table(pages, part.table)
    elif part.run is not None:
        _table(
            pages,
            queries.Table("", ["state", "duration"], [(part.run, queries.cells(part.run, ["state", "duration"]))]),
        )
    pages.ln(3)


def _prose(pages: Any, html: str) -> None:
    from fpdf import FontFace, TextStyle

    pages.set_font(FONT, "", 10.5)
    plain = _UNSET.sub("", _PICTURE.sub("", html))
    code = FontFace(family="mono")
    styles = {"code": code, "pre": TextStyle(font_family="mono", font_size_pt=9), "a": FontFace(color="#2459c4")}
    heads = {f"h{level}": TextStyle(font_family=FONT, font_style="B", font_size_pt=size, t_margin=3, b_margin=1)
             for level, size in ((1, 16), (2, 14), (3, 12), (4, 11), (5, 10.5), (6, 10.5))}  # fmt: skip
    pages.write_html(plain, tag_styles={**styles, **heads}, font_family=FONT, li_prefix_color="#59636e")
    pages.ln(2)


def _chart(pages: Any, chart: queries.Chart) -> None:
    if not chart.lines:
        _note(pages, chart.words)
        return
    pages.image(_drawn(chart), w=WIDTH, alt_text=chart.words)


def _drawn(chart: queries.Chart) -> io.BytesIO:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 3.1), dpi=200, layout="constrained")
    axes = figure.subplots()
    several = len({line.metric for line in chart.lines}) > 1
    for line in chart.lines:
        ys = [float("nan") if value is None else value for value in line.y]
        label = f"{line.run.name} · {line.metric}" if several else line.run.name
        colour = COLOURS[(line.colour.slot - 1) % len(COLOURS)]
        style: dict[str, Any] = {"color": colour, "linestyle": DASHES[line.colour.dash % 3]}
        if chart.smoothing:
            axes.plot(line.x, ys, **style, linewidth=0.7, alpha=0.25)
            ys = _smoothed(ys, chart.smoothing)
        axes.plot(line.x, ys, **style, linewidth=1.3, label=_plain(label))
    axes.set_title(_plain(chart.title), loc="left", fontsize=9, fontweight="bold")
    axes.set_xlabel({"step": "Step", "relative": "Seconds", "time": "Time (ms)"}[chart.x], fontsize=8)
    axes.set_yscale("log" if chart.is_log else "linear")
    axes.tick_params(labelsize=7)
    axes.grid(color="#d8dee4", linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if len(chart.lines) <= 12:
        axes.legend(fontsize=6.5, frameon=False, loc="best")
    target = io.BytesIO()
    figure.savefig(target, format="png")
    target.seek(0)
    return target


def _smoothed(values: list[float], weight: float) -> list[float]:
    """The page's own smoothing: an exponential average that starts at the first value; gaps stay gaps."""
    average = share = 0.0
    found = []
    for value in values:
        if math.isfinite(value):
            average = average * weight + (1 - weight) * value
            share = share * weight + (1 - weight)
        found.append(average / share if math.isfinite(value) else value)
    return found


def _plain(text: str) -> str:
    """Matplotlib would read what stands between two dollar signs as mathematics."""
    return text.replace("$", r"\$")[:80]


def _table(pages: Any, table: queries.Table) -> None:
    if table.title:
        pages.set_font(FONT, "B", 10)
        pages.multi_cell(0, 6, table.title, new_x="LMARGIN", new_y="NEXT")
    pages.set_font(FONT, "", 8)
    columns = table.columns[:MAX_COLUMNS]
    pages.set_draw_color(216, 222, 228)
    widths = (2.2, *([1.5] * len(columns)))
    with pages.table(borders_layout="HORIZONTAL_LINES", line_height=5, col_widths=widths) as made:
        _row(made, ["Run", *map(heading, columns)])
        for row, cells in table.rows:
            _row(made, [row.run.name, *(_text(value) for _, value in cells[:MAX_COLUMNS])])


def _row(table: Any, texts: list[str]) -> None:
    line = table.row()
    for text in texts:
        line.cell(text)


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return formats.number(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return formats.duration(value) if hasattr(value, "total_seconds") else str(value)[:200]


def _note(pages: Any, text: str) -> None:
    pages.set_font(FONT, "I", 9)
    pages.set_text_color(154, 103, 0)
    pages.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
    pages.set_text_color(31, 35, 40)
