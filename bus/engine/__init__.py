"""From a source's records to facts: the engine, its fold, its sources, its publication, one worker a processor."""
