"""Components that bring tables in and send them out."""
