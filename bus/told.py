"""Errors whose text is a sentence for a person."""


class Told(Exception):
    """Said on stderr as it is, without a trace. Says what was found and what to do, in French, without personal data."""

    exit_code = 1
    """Of the command that ends by it: 1 failure, 2 usage, 3 check failed, 4 refused."""
