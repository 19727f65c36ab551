"""The app of what work produces and needs: at start it says how versions of models and of data are called in the lineage."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from registry.data.assets import queries as data
        from registry.data.assets import uses
        from registry.data.dataflows import queries as dataflows
        from registry.data.dataflows import uses as dataflow_uses
        from registry.data.datastores import queries as datastores
        from registry.data.transfers import holds
        from registry.mlmodels import queries
        from studio.lineage import labels

        labels.register("model_version", queries.label_versions)
        labels.register("datastore", datastores.label_datastores)
        labels.register("data_version", data.label_versions)
        labels.register("dataflow_version", dataflows.label_versions)
        uses.register(dataflow_uses.of_data)
        holds.register(data.why_held)
