"""The program that runs one job, wherever it runs: `python -m atelier.runner FOLDER`.

It needs nothing but the standard library to start a script; psutil, NVML and httpx are used when they are there.
"""
