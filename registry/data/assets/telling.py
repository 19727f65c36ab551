"""Who hears of a change: the feed and open pages."""

from registry.data.assets.models import DataAsset, DataVersion
from studio.accounts.models import User
from studio.activity import services as activity
from studio.live import topics
from studio.live.publish import publish


def note_asset(*, actor: User | None, asset: DataAsset, verb: str, detail: str = "") -> None:
    """A line in the feed about an asset, and a hint to open pages."""
    url = "" if verb == "deleted" else asset.get_absolute_url()
    activity.record(
        actor=actor, workspace=asset.workspace, verb=f"data.{verb}", subject=asset.subject, label=asset.name,
        url=url, detail=detail,
    )  # fmt: skip
    hint(asset)


def note_version(*, actor: User | None, version: DataVersion, verb: str, detail: str = "") -> None:
    asset = version.asset
    url = asset.get_absolute_url() if verb == "deleted" else version.get_absolute_url()
    activity.record(
        actor=actor, workspace=asset.workspace, verb=f"data_version.{verb}", subject=version.subject,
        label=str(version), url=url, detail=detail,
    )  # fmt: skip
    hint(asset)


def hint(asset: DataAsset) -> None:
    publish(topics.workspace(asset.workspace.slug), "data")
