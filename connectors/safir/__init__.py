"""Safir, the Region's management system: actions, agreements, decisions, payments."""
