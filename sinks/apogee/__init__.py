"""What the bus gives to Apogée: files of what the registrar must change there. Our own format, official nowhere."""
