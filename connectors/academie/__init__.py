"""What an academy says of its schools: profiles, closures of national systems, receptions."""
