"""Use cases of registered models, their versions and their aliases."""
