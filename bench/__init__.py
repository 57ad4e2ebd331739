"""Measured comparisons: `python -m bench`, see README.md."""
