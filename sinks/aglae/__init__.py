"""What the bus gives to Aglaé: files of decisions."""
