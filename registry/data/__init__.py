"""Data: where it lies (datastores), what it is called (assets), what is in it (explore) and how it is cleaned (dataflows)."""
