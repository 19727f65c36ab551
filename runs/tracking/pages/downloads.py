"""Files on their way to a browser: as downloads under their own name, never as pages of the studio."""

from django.utils.http import content_disposition_header

# What runs in such a frame has no origin: no cookies, no storage, no scripts, no way out.
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
)


def attachment(name: str) -> str:
    """The header that saves the answer under `name`, whatever characters it has."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def headers_for(name: str, *, inline: bool) -> dict[str, str]:
    """Headers of a user's file. `inline` is for the sandboxed frame of a preview."""
    disposition = "inline" if inline else attachment(name)
    found = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    if inline:
        found["X-Frame-Options"] = "SAMEORIGIN"
    return found
