"""Public addresses that stand for places of this installation, so that files which name them run without the internet."""
