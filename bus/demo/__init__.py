"""The imaginary university of the demo."""
