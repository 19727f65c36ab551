"""The files of a logged model."""

from runs.logged_models.models import LoggedModel, LoggedModelFile
from studio.storage import shelves


def shelf_of(model: LoggedModel) -> shelves.Shelf[LoggedModelFile]:
    """Where the model's files stand."""
    return shelves.Shelf(LoggedModelFile, {"model": model}, model.workspace, what="this model")
