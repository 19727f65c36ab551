"""`manage.py prepare`: make the data folder fit this version. `up` runs it when something changed."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from studio import first_start
from studio.accounts import services as accounts
from studio.errors import StudioError


class Command(BaseCommand):
    help = "Migrate, collect static files and set up what a new installation needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--link", action="store_true", help="make a sign-in link even if nobody needs one")

    def handle(self, *args: Any, **options: Any) -> None:
        """The last line of the output is a JSON object of what the person should be told."""
        call_command("migrate", interactive=False, verbosity=1)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        told = {}
        try:
            with transaction.atomic():  # whole or not at all: a start that fails here may be repeated
                made = first_start.ensure_installation()
                if options["link"] or made.is_unclaimed:
                    told["link"] = accounts.make_sign_in_link(user=made.administrator)
        except StudioError as error:
            raise CommandError(error.message) from error
        self._move_old_secrets()
        self.stdout.write(json.dumps(told))

    def _move_old_secrets(self) -> None:
        """What versions before the vault sealed with the secret key. What no key opens is named and stops nothing."""
        try:
            call_command("reseal_secrets", stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(str(error))
