"""The app of runs: at start it tells the apps below who owns a job of the kind `run`, who may hear of a run,
and what files an address of a run means."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from compute.jobs import handlers as job_handlers
        from runs.mlflow_api.logged_models import sources as logged_models
        from runs.mlflow_api.registry import sources
        from runs.tracking import handlers, listening
        from studio.live import subscriptions

        job_handlers.register(handlers.KIND, handlers.RunHandler())
        subscriptions.register(listening.KIND, listening.may_listen)
        sources.register_all()
        logged_models.register_all()
