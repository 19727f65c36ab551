"""The app of what work produces and needs: at start it says how versions of models, data and images are called in the
lineage, and what uses what."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from compute.building import handlers as builds
        from registry.data.assets import queries as data
        from registry.data.assets import uses
        from registry.data.dataflows import queries as dataflows
        from registry.data.dataflows import uses as dataflow_uses
        from registry.data.datastores import queries as datastores
        from registry.data.transfers import holds
        from registry.endpoints import queries as endpoints
        from registry.images import handlers as image_builds
        from registry.images import queries as images
        from registry.images import uses as image_uses
        from registry.mlmodels import queries
        from registry.mlmodels import uses as model_uses
        from studio.lineage import labels
        from studio.live import subscriptions

        labels.register("model_version", queries.label_versions)
        labels.register("datastore", datastores.label_datastores)
        labels.register("data_version", data.label_versions)
        labels.register("dataflow_version", dataflows.label_versions)
        labels.register("image_version", images.label_versions)
        labels.register("deployment", endpoints.label_deployments)
        labels.register("endpoint", endpoints.label_endpoints)
        subscriptions.register("image", images.may_listen)
        builds.register(image_builds.KIND, image_builds.ImageBuilds())
        model_uses.register(image_uses.of_models)
        model_uses.register(endpoints.uses_of_models)
        image_uses.register(endpoints.uses_of_images)
        uses.register(dataflow_uses.of_data)
        holds.register(data.why_held)
