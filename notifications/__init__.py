"""LISTENERS: event to rule to message to delivery. Reads what workflow recorded; workflow never calls it."""
