"""Measurements that anybody can repeat; what they said last is in docs/performance.md."""
