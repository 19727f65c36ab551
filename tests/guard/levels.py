"""Who may call a URL: the words of the guard's table, from the least to the most."""

ANYONE = "anyone"
SIGNED_IN = "signed-in"
READER = "reader"
CONTRIBUTOR = "contributor"
OWNER = "owner"
ADMINISTRATOR = "administrator"  # of the installation; being a member of a workspace opens none of it
RUNNER = "runner"  # no person: a job's own token; whoever sees the job gets 403

LEVELS = [ANYONE, SIGNED_IN, READER, CONTRIBUTOR, OWNER, ADMINISTRATOR, RUNNER]

Entry = dict[str, str]  # method → the least role
