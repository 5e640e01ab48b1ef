"""Setting up and running a connection: its settings, its checks, its state at a glance."""
