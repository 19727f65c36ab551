"""The app of runs: at start it tells the apps below who owns a job of the kind `run`, who may hear of a run,
what files an address of a run means, and what became of a run that was removed for good."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from compute.jobs import handlers as job_handlers
        from registry.data.assets import uses as data_uses
        from registry.data.dataflows import uses as dataflow_uses
        from registry.environments import uses as environment_uses
        from registry.images import defaults as image_defaults
        from registry.mlmodels import evidence as model_evidence
        from registry.mlmodels import makers
        from runs.dataflow_runs import queries as dataflow_runs
        from runs.mlflow_api.logged_models import sources as logged_models
        from runs.mlflow_api.registry import sources
        from runs.mlflow_api.tracking import finding
        from runs.tracking import environment_uses as environments_named
        from runs.tracking import handlers, images, listening
        from runs.tracking.data import uses as data_read
        from runs.tracking.metrics import evidence
        from runs.tracking.models import Run
        from runs.tracking.queries import secrets
        from runs.trash import queries as trash
        from studio import access
        from studio.live import subscriptions
        from studio.secrets import uses

        job_handlers.register(handlers.KIND, handlers.RunHandler())
        job_handlers.register_images(handlers.KIND, images.RunImages())
        subscriptions.register(listening.KIND, listening.may_listen)
        access.remember(Run, trash.say_removed)
        sources.register_all()
        makers.register(finding.may_log)
        model_evidence.register(evidence.metrics_of)
        logged_models.register_all()
        data_uses.register(data_read.of)
        environment_uses.register(environments_named.of)
        image_defaults.register(environments_named.of_run)
        dataflow_uses.register(dataflow_runs.carrying_out)
        uses.register(secrets.waiting_for)
        _register_names()
        _register_pipelines()
        _register_schedules()


def _register_names() -> None:
    from runs.tracking.queries import runs, secrets
    from studio.lineage import labels, references

    labels.register("job", secrets.label_jobs)
    references.register("run", "run", runs.find)


def _register_pipelines() -> None:
    from runs.components import uses
    from runs.pipelines import component_uses, job_type
    from runs.pipelines.engine import keeping, listening, sending
    from runs.pipelines.run_pages import tabs
    from runs.tracking import followers, job_types, owners
    from runs.trash import left

    tabs.register()
    left.register(keeping.hand_on)
    left.register_claim(sending.claim_for_waiting)
    uses.register(component_uses.of)
    job_types.register(job_type.NAME, job_type.PipelineType())
    followers.register(listening.child_ended)
    owners.register(owners.PIPELINE, listening.PipelineOwner())


def _register_schedules() -> None:
    from registry.data.assets import listeners as data_listeners
    from registry.mlmodels import listeners as model_listeners
    from runs.schedules import listening as schedules

    data_listeners.register(schedules.data_ready)
    model_listeners.register(schedules.model_registered)
