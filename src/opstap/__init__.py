"""Opstap runs return-to-work programmes for people with cancer, and shows whether they work."""

__version__ = "0.1.0"
