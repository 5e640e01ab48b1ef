"""What the console's function is made of."""
