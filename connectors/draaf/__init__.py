"""What the DRAAF says of a payment file."""
