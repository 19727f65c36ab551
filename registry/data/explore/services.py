"""Asking for a profile."""

from django.db import transaction

from registry.data.assets import queries
from registry.data.assets.models import DataVersion
from registry.data.explore import state, tasks
from registry.data.explore.models import DataProfile
from studio.accounts.models import User
from studio.activity import services as activity


@transaction.atomic
def start_profile(*, actor: User | None, version: DataVersion) -> DataProfile:
    """The profile of a version, being made if it is not there yet; one that failed is tried again.

    Raises Conflict `data_not_ready` while the version's files are being read.
    """
    queries.require_ready(version)
    profile, is_begun = state.begin(version)
    if is_begun:
        asset = version.asset
        activity.record(
            actor=actor, workspace=asset.workspace, verb="data_version.profiled", subject=version.subject,
            label=str(version), url=version.get_absolute_url(),
        )  # fmt: skip
        tasks.step.delay_on_commit(profile.pk)
    return profile
