"""The words of the feed: a verb like `member.role_changed` as it reads between a person and a thing."""

WORDS = {
    "experiment.created": "created the experiment",
    "experiment.trashed": "put into the trash the experiment",
    "experiment.untrashed": "took out of the trash the experiment",
    "member.invited": "invited",
    "member.joined": "joined",
    "member.left": "left",
    "member.removed": "removed",
    "member.role_changed": "changed the role of",
    "member.uninvited": "withdrew the invitation of",
    "model.alias_deleted": "took an alias from",
    "model.created": "made the model",
    "model.deleted": "deleted the model",
    "model.edited": "described the model",
    "model.renamed": "renamed the model",
    "model_version.alias_set": "gave an alias to",
    "model_version.deleted": "deleted the version",
    "model_version.edited": "described the version",
    "model_version.registered": "registered",
    "model_version.stage_changed": "changed the stage of",
    "run.completed": "finished",
    "run.failed": "ran into a failure in",
    "run.moved": "moved",
    "run.trashed": "put into the trash",
    "run.untrashed": "took out of the trash",
    "storage.purged": "removed for good",
    "storage.purge_asked": "asked to remove for good",
    "secret.created": "added the secret",
    "secret.set": "set the secret",
    "secret.edited": "described the secret",
    "secret.deleted": "deleted the secret",
    "connection.created": "added the connection",
    "connection.edited": "changed the connection",
    "connection.deleted": "deleted the connection",
    "webhook.created": "added the webhook",
    "webhook.deleted": "deleted the webhook",
    "webhook.edited": "changed the webhook",
    "view.deleted": "deleted the view",
    "view.saved": "saved the view",
    "workspace.created": "opened the workspace",
    "workspace.edited": "changed the settings of",
}


def words(verb: str) -> str:
    """`run.stopped` → "stopped", with a fuller phrase where the bare word would not read well."""
    return WORDS.get(verb) or verb.partition(".")[2].replace("_", " ").replace("-", " ") or verb
