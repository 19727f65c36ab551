"""The app of what work produces and needs: at start it says how versions of models are called in the lineage."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from registry.mlmodels import queries
        from studio.lineage import labels

        labels.register("model_version", queries.label_versions)
