"""The app of runs: at start it tells the apps below who owns a job of the kind `run`, who may hear of a run,
what files an address of a run means, and what became of a run that was removed for good."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from compute.jobs import handlers as job_handlers
        from registry.mlmodels import makers
        from runs.mlflow_api.logged_models import sources as logged_models
        from runs.mlflow_api.registry import sources
        from runs.mlflow_api.tracking import finding
        from runs.tracking import handlers, listening
        from runs.tracking.models import Run
        from runs.trash import queries as trash
        from studio import access
        from studio.live import subscriptions

        job_handlers.register(handlers.KIND, handlers.RunHandler())
        subscriptions.register(listening.KIND, listening.may_listen)
        access.remember(Run, trash.say_removed)
        sources.register_all()
        makers.register(finding.may_log)
        logged_models.register_all()
