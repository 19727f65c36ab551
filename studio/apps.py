from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"

    def ready(self) -> None:
        # Tasks bind to the application that exists when they are called: it must, in every process that has Django.
        from django.db.backends.signals import connection_created

        import studio.celery  # noqa: F401
        from studio.lineage import labels
        from studio.search import sql
        from studio.secrets import resealing
        from studio.secrets.connections import queries as connections
        from studio.webhooks import services as webhooks

        connection_created.connect(sql.add_functions, dispatch_uid="search-functions")
        labels.register("connection", connections.labels)
        resealing.register("secrets of webhooks", webhooks.reseal_secrets)
