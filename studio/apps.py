from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"

    def ready(self) -> None:
        # Tasks bind to the application that exists when they are called: it must, in every process that has Django.
        import studio.celery  # noqa: F401
