"""What endpoints were asked: stored by the minute, read as series and figures."""

from registry.endpoints.telemetry.figures import Figures, Point, figures, series
from registry.endpoints.telemetry.storing import collect, forget_old

__all__ = ["Figures", "Point", "collect", "figures", "forget_old", "series"]
