"""Components that run code of a person: Python and R."""
