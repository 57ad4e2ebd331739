"""What a school does and sees in SIECLE, STS Web, PRONOTE and EDT without any file: deposits, synchros, messages."""
