"""When something is due: patterns of the wall clock, put into a time zone."""
