"""FREGATA: requests signed as its HTTP API wants them."""
