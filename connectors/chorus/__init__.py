"""Returns of Chorus on payment files."""
