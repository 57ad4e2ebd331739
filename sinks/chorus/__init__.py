"""What the bus gives to Chorus: payment files."""
