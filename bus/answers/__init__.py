"""The synchronous answer: a process of its own with a read model in memory, which only ever reads (R-AGL-02)."""
