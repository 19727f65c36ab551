"""Who may call what: the table, the rows it is tried on, and the callers."""
