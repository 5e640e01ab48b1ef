"""The local stack: an AWS on this machine, the two sandboxes, and the real template deployed to it."""
