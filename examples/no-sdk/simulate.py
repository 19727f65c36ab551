"""Estimate pi by throwing darts. Nothing but print: the studio records the log and the exit code all the same."""

import random
import sys
import time

THROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
ROUNDS = 10

random.seed(3)
hits = 0
began = time.perf_counter()
for number in range(1, ROUNDS + 1):
    hits += sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(THROWS // ROUNDS))
    thrown = number * (THROWS // ROUNDS)
    print(f"round {number:2d}: {thrown:>9,} darts, pi is about {4 * hits / thrown:.5f}", flush=True)
print(f"done in {time.perf_counter() - began:.1f} s")
