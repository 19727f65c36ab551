"""Docker engines: how they are reached, what is known of them, and the rules for containers."""
