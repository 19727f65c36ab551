"""The project itself and what every feature stands on."""

from studio.celery import app as celery_app

__all__ = ["celery_app"]
