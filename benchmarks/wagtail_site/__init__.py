"""A Wagtail site with letters that two people approve: what one would take instead. Run by benchmarks/wagtail.py only."""
