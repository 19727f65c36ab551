"""Django's SQLite backend, whose writers of one process wait for each other in a queue of their own."""
