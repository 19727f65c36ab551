"""Telling other systems what happened: signed requests, tried again, logged."""
