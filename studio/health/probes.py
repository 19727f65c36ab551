"""Keeping the answers to health probes out of the log: "not ready yet" is no error."""

import logging


class WithoutProbes(logging.Filter):
    """Drops Django's line about a 503 of `/readyz`; the checks log what is down themselves."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.name == "django.request" and record.getMessage().endswith(": /readyz"))
