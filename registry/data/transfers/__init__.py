"""Files on their way into a datastore and out of it: in parts, resumable, whole or not at all."""
