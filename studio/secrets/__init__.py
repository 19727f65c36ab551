"""Values that the database may keep but nobody may read there."""
