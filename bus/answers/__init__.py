"""The synchronous answer: a process of its own with a read model in memory, which only ever reads (R-AGL-02)."""

NAME = "reponses"
"""As people see it: its process, its consumer group, its principal."""
RIGHTS = "bourses.droits.v1"
QUESTIONS = "bourses.questions.v1"
REPLIES = "bourses.reponses.v1"
DETECTIONS = "bourses.detections.v1"
READS = (RIGHTS, QUESTIONS)
WRITES = (REPLIES, DETECTIONS)
