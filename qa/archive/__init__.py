"""An archive comes in (WordPress export, CSV, Markdown), and everything published goes out in the same forms."""
