"""The project itself and what every feature stands on.

Empty on purpose: `manage.py` and the supervisor import parts of this package before Django is there.
"""
