"""Invented schools as the real exchange files: coherent from a seed, with the known defects on request. No real person."""
