"""`manage.py sign-in-link [EMAIL]`: a new one-time link, for a person who lost their way in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.accounts import services as accounts
from studio.accounts.models import User


class Command(BaseCommand):
    help = "Print a link that signs a person in once: the administrator, or the one with the given e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", help="whom to sign in (default: the administrator)")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        people = User.objects.filter(is_active=True)
        chosen = people.filter(email=email.strip().lower()) if email else people.filter(is_superuser=True)
        user = chosen.order_by("pk").first()
        if user is None:
            whom = f"person with the e-mail {email}" if email else "administrator"
            raise CommandError(f"There is no active {whom}: start the studio once with `manage.py up`.")
        self.stdout.write(accounts.make_sign_in_link(user=user))
