"""The app of what work produces and needs: at start it says how versions of models, data and images are called in the
lineage, and what uses what."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from compute.building import handlers as builds
        from compute.jobs import handlers as job_handlers
        from registry.data.assets import queries as data
        from registry.data.assets import uses
        from registry.data.dataflows import queries as dataflows
        from registry.data.dataflows import uses as dataflow_uses
        from registry.data.datastores import queries as datastores
        from registry.data.transfers import holds
        from registry.environments import handlers as environment_builds
        from registry.environments import queries as environments
        from registry.environments import telling as environment_telling
        from registry.environments import uses as environment_uses
        from registry.environments.services import builds as environment_services
        from registry.images import handlers as image_builds
        from registry.images import queries as images
        from registry.images import uses as image_uses
        from registry.mlmodels import uses as model_uses
        from studio.lineage import labels
        from studio.live import subscriptions

        labels.register("datastore", datastores.label_datastores)
        labels.register("data_version", data.label_versions)
        labels.register("dataflow_version", dataflows.label_versions)
        labels.register("image_version", images.label_versions)
        labels.register("environment_version", environments.label_versions)
        subscriptions.register("image", images.may_listen)
        subscriptions.register("environment-build", environment_telling.may_listen)
        builds.register(environment_services.IMAGE_KIND, environment_builds.ImageBuilds())
        job_handlers.register(environment_services.VENV_KIND, environment_builds.VenvBuilds())
        builds.register(image_builds.KIND, image_builds.ImageBuilds())
        model_uses.register(image_uses.of_models)
        environment_uses.register(image_uses.of_environments)
        uses.register(dataflow_uses.of_data)
        holds.register(data.why_held)
        _say_of_models()
        _say_of_endpoints()
        _say_of_batch()
        _say_of_devices()


def _say_of_models() -> None:
    """Versions have names in the lineage, and can be made of a folder that was sent."""
    from registry.mlmodels import queries, sources, uploads
    from studio.lineage import labels

    labels.register("model_version", queries.label_versions)
    sources.register(uploads.PREFIX, uploads.resolve)


def _say_of_endpoints() -> None:
    """What deployments hold can't be deleted, and they have names in the lineage."""
    from registry import naming
    from registry.endpoints import queries as endpoints
    from registry.environments import uses as environment_uses
    from registry.images import uses as image_uses
    from registry.mlmodels import uses as model_uses
    from studio.lineage import labels

    naming.register_all()
    labels.register("deployment", endpoints.label_deployments)
    labels.register("endpoint", endpoints.label_endpoints)
    model_uses.register(endpoints.uses_of_models)
    image_uses.register(endpoints.uses_of_images)
    environment_uses.register(endpoints.uses_of_environments)


def _say_of_devices() -> None:
    """An image that a module runs can't be deleted, and devices have names in the lineage."""
    from registry.edge import queries as devices
    from registry.images import uses as image_uses
    from studio.lineage import labels

    labels.register("edge_device", devices.label_devices)
    image_uses.register(devices.uses_of_images)


def _say_of_batch() -> None:
    """What batch deployments hold can't be deleted; their jobs have names in the lineage, and parts to give back."""
    from compute.jobs import handlers as job_handlers
    from registry.batch import advancing, handlers, queries
    from registry.environments import uses as environment_uses
    from registry.mlmodels import uses as model_uses
    from studio.lineage import labels
    from studio.live import subscriptions

    labels.register("batch_job", queries.label_jobs)
    labels.register("batch_deployment", queries.label_deployments)
    subscriptions.register("batch-job", queries.may_listen)
    model_uses.register(queries.uses_of_models)
    environment_uses.register(queries.uses_of_environments)
    job_handlers.register(advancing.KIND, handlers.WorkerHandler())
    job_handlers.register_images(advancing.KIND, handlers.WorkerImages())
