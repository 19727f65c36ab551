"""The access line of reports: drafts are seen by those who may write."""

from django.http import HttpRequest

from runs.reports import blocks, queries
from runs.reports.models import Report
from studio import access
from studio.access import Permission
from studio.errors import Invalid, NotFound


def report_or_404(request: HttpRequest, report_id: str, permission: Permission = Permission.REPORT_VIEW) -> Report:
    """The report, for whoever holds `permission`. A draft is not there for those who only read."""
    report = access.get_or_404(request, Report, report_id, permission)
    if not report.is_published and not access.allows(request, Permission.REPORT_EDIT, report.workspace):
        raise NotFound("not_found", "There is nothing here, or it is not yours to see.")
    return report


def chart_block(report: Report, number: int) -> blocks.Block:
    """A chart of the report. Raises NotFound, or Invalid with what is wrong in the block."""
    block = queries.block_of(report, number)
    if block.kind != blocks.CHART:
        raise NotFound("not_found", "This report has no such chart.")
    if block.error:
        raise Invalid("invalid_block", block.error)
    return block
