"""The app of runs: at start it tells the apps below who owns a job of the kind `run`, and who may hear of a run."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from compute.jobs import handlers as job_handlers
        from runs.tracking import handlers, listening
        from studio.live import subscriptions

        job_handlers.register(handlers.KIND, handlers.RunHandler())
        subscriptions.register(listening.KIND, listening.may_listen)
