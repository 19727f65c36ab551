"""Names of what a browser can listen to. A topic is what clients say; the group's name is made by the server."""

import hashlib


def run(run_id: str) -> str:
    return f"run:{run_id}"


def workspace(slug: str) -> str:
    return f"workspace:{slug}"


def user(user_id: int) -> str:
    return f"user:{user_id}"


def group(topic: str) -> str:
    """The channel layer's name of a topic: short, and of safe letters whatever the topic holds."""
    return "t." + hashlib.sha256(topic.encode()).hexdigest()[:40]
