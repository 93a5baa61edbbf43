"""How dates and times are written in each language we speak (FORMAT_MODULE_PATH)."""
