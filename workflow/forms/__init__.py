"""Forms of the desks and of the members, one file a stage: what may be typed, and the sentence when it may not."""
