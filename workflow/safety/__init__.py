"""Safety engine: reads a letter, says who may be in danger, how badly and when. Pure text: no database, no Django."""
