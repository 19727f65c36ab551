from django.apps import AppConfig


class ComputeConfig(AppConfig):
    name = "compute"

    def ready(self) -> None:
        from compute.targets import queries
        from studio.lineage import labels

        labels.register("target", queries.label_targets)
