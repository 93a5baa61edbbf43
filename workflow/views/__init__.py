"""Pages, one file a stage: guard, load, act, redirect."""
