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
        from runs.pipelines.engine import listening as pipelines
        from runs.pipelines.run_pages import tabs as pipeline_tabs
        from runs.tracking import environment_uses as environments_named
        from runs.tracking import followers, handlers, images, listening, owners
        from runs.tracking.data import uses as data_read
        from runs.tracking.metrics import evidence
        from runs.tracking.models import Run
        from runs.tracking.queries import runs, secrets
        from runs.trash import queries as trash
        from studio import access
        from studio.lineage import labels, references
        from studio.live import subscriptions
        from studio.secrets import uses

        pipeline_tabs.register()
        job_handlers.register(handlers.KIND, handlers.RunHandler())
        job_handlers.register_images(handlers.KIND, images.RunImages())
        followers.register(pipelines.child_ended)
        owners.register(owners.PIPELINE, pipelines.PipelineOwner())
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
        labels.register("job", secrets.label_jobs)
        references.register("run", "run", runs.find)
        uses.register(secrets.waiting_for)
