"""`manage.py reseal-secrets`: stored secrets under the present key, after which the earlier one can be put away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.secrets import resealing


class Command(BaseCommand):
    help = "Seal every stored secret with the present secret key. Run it after a change of that key."

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
        self.stdout.write("Nothing needs an earlier key any more: ATELIER_OLD_SECRET_KEYS can be left out.")
