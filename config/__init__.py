"""The switchboard: wiring only, no rules. May import every other package; none imports it."""
