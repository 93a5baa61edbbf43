"""Proofs: what `make prove` runs at full size and CI in a short form."""
