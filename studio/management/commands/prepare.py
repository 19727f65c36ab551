"""`manage.py prepare`: make the data folder fit this version. `up` runs it when something changed."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from studio import first_start


class Command(BaseCommand):
    help = "Migrate, collect static files and set up what a new installation needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--link", action="store_true", help="make a sign-in link even if nothing is new")

    def handle(self, *args: Any, **options: Any) -> None:
        """The last line of the output is a JSON object of what the person should be told."""
        call_command("migrate", interactive=False, verbosity=1)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        made = first_start.ensure_installation()
        told: dict[str, str] = {}
        self.stdout.write(json.dumps(told))
