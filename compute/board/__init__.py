"""The compute page: targets with what runs and waits on them. It stands above targets and jobs and joins the two."""
