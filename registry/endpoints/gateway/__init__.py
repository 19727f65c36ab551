"""The gateway: the process in front of all endpoints. It knows nothing but its table.

    caller ── Caller ── Dispatch ── Wire ── instance
                │          └ table, read from Redis or the last one on disk
                └ counts, mirrored copies

Nothing here imports Django or opens the database: it answers while the web process, the workers and Redis are away.
"""
