"""Where MLflow's clients find the files of a run, of a logged model and of a trace: addresses below the proxy's root."""

from runs.logged_models.models import LoggedModel
from runs.tracking.models import Experiment, Run
from runs.tracking.services.experiments import DEFAULT_PATH

SCHEME = "mlflow-artifacts:/"


def experiment_id(experiment: Experiment) -> str:
    """MLflow's id of an experiment; the one named `Default` is `"0"`."""
    return "0" if experiment.path == DEFAULT_PATH else str(experiment.pk)


def of_experiment(experiment: Experiment) -> str:
    """The address of an experiment's folder: the proxy's, or the outside one it was made with."""
    return experiment.artifact_location.rstrip("/") or f"{SCHEME}{experiment_id(experiment)}"


def of_run(run: Run) -> str:
    return f"{of_experiment(run.experiment)}/{run.pk}/artifacts"


def of_model(model: LoggedModel) -> str:
    return f"{of_experiment(model.experiment)}/models/{model.pk}/artifacts"
