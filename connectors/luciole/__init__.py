"""Luciole: dossiers, bordereaux, payment files, and what instructors command."""
