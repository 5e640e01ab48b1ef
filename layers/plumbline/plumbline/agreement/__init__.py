"""What two sides agree on, decided without I/O: base, three-way merge, conflicts, and the brake on deletes."""
