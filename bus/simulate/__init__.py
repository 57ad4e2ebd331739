"""Scenarios: events and files through the real rules, with a virtual clock, without a broker or a database.

The form of a scenario is in `docs/scenarios.md`.
"""
