"""Stand-ins for the systems that Plumbline joins, to run on one machine."""
