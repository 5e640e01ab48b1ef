"""`make bench`: what a copy costs and how fast functions start, as ratios within one run."""
