"""Where the studio may call, and connections that go there and nowhere else."""
