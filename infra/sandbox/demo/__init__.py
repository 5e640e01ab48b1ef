"""`make demo`: a whole commissioning project copied to Procore on the deployed stack, and the proof of it."""
