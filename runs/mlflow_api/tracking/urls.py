"""Paths of this group."""

from django.urls import URLPattern

V2: list[URLPattern] = []
V3: list[URLPattern] = []
