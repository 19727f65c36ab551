"""`manage.py up`: starts the studio's processes, watches them, ends them all.

Nothing here imports Django: the second start is ready sooner for it.
"""
