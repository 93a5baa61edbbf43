"""Attempts of somebody who means ill, each written as a test that fails where the attempt succeeds."""
