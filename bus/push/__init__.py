"""Events that systems post over HTTP."""
