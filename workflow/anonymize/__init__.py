"""De-identification engine: finds what would identify a family, proposes natural replacements. Pure text: no database, no Django."""
