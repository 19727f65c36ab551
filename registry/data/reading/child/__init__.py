"""What runs in a reading process. Nothing here knows Django, the database or the environment of the studio."""
