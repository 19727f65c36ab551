"""`manage.py reseal-secrets`: what is still sealed with the secret key moved into the vault. `prepare` does it, too."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.secrets import resealing


class Command(BaseCommand):
    help = "Move what is still sealed with the secret key under the vault's keys."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = []
        for what, outcome in resealing.reseal_all().items():
            lost += [f"{what}: {name}" for name in outcome.unreadable]
            self.stdout.write(f"{what}: {outcome.moved} sealed anew, {outcome.current} were already.")
        if lost:
            raise CommandError(
                f"No known key opens {len(lost)} of them: {'; '.join(lost)}. Give the earlier key in"
                " ATELIER_OLD_SECRET_KEYS and run this again, or enter these secrets anew."
            )
        self.stdout.write("No stored secret needs the secret key any more.")
