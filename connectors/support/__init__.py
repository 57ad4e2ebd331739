"""The support of Luciole: it unblocks."""
