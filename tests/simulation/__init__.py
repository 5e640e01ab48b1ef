"""Ongoing sync as a whole under a seeded scheduler: real handlers, virtual time, random people and faults."""
