"""Running the product: backups, readiness, what a machine needs."""
