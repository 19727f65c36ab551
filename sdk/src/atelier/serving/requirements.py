"""What the runtime needs beside Python. Whoever builds an image brings these in; `sdk/pyproject.toml` names the same."""

REQUIREMENTS = (
    "httptools>=0.6.1,<1",
    "orjson>=3.10,<4",
    "PyYAML>=6,<7",
    "uvloop>=0.19,<1; sys_platform != 'win32'",
)
