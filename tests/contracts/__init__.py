"""Contract tests: every implementation of a plug-in point subclasses the class of its point."""
