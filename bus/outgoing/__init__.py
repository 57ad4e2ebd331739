"""What leaves: files, mails and calls, each once, from effects in PostgreSQL."""
