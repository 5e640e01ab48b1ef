"""Issues and observations: what to do, decided without I/O, and the engine that does it."""
