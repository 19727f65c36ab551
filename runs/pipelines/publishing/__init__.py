"""Published pipelines: an address under which anybody with a token starts runs, with parameters."""
