"""What two sides agree on, decided without I/O: base, merge, conflicts, and the brake on deletes."""
