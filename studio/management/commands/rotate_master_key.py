"""`manage.py rotate-master-key`: the vault under a new master key, while the studio runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.secrets import keys, master


class Command(BaseCommand):
    help = "Wrap the keys of all workspaces with a new master key. Values stay readable all the while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-new-key", action="store_true", help="wrap with the present key; make no new one")
        parser.add_argument(
            "--forget-old", action="store_true", help="drop the earlier keys that nothing needs any more"
        )
        parser.add_argument(
            "--give-up-lost", action="store_true", help="let workspaces whose key nobody can open begin a new one"
        )

    def handle(self, *args: Any, no_new_key: bool, forget_old: bool, give_up_lost: bool, **options: Any) -> None:
        if forget_old:
            gone = master.forget(keys.master_ids())
            self.stdout.write(f"{gone} earlier keys were dropped from master.key.")
            return
        if master.is_from_file() and not (no_new_key or give_up_lost):
            self.stdout.write(
                f"The new master key {master.renew().id} is the first line of master.key: back the file up."
            )
        done = keys.rewrap()
        self.stdout.write(f"{done.moved} keys wrapped anew, {done.current} were already under the present master key.")
        if done.lost and give_up_lost:
            self.stdout.write(f"{keys.give_up_lost()} keys were given up. Their secrets must be entered again.")
        elif done.lost:
            raise CommandError(
                f"No known master key opens the keys of {', '.join(done.lost)}. Put master.key back or give the earlier key in"
                " ATELIER_OLD_MASTER_KEYS and run this again; or run it with --give-up-lost and enter these secrets anew."
            )
        else:
            self.stdout.write(
                "0 rows need an earlier key: ATELIER_OLD_MASTER_KEYS can be left out, and --forget-old drops the file's."
            )
