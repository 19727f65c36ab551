"""What a reading process may take. Its parent reads this too, so nothing heavy is loaded here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    memory_mb: int  # what DuckDB may use before it writes to its temporary folder
    process_mb: int  # of the whole process
    temporary_mb: int
    threads: int
    idle_seconds: float
