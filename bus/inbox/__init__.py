"""Files that arrive: claimed, read, published, archived or kept in quarantine with a report."""
