"""Safety engine: reads a letter, says who may be in danger, how badly and when. Pure text: no database, no Django.

text.py      words and sentences of what people type        rules/*.toml  ways of saying, by category
ways.py      the small language of the rules                rules_file.py reads them, names their version
context.py   denied, feared, long ago, of somebody else     scan.py       scan(text) -> Report
judge.py     weighs mentions together                       report.py     what a scan says
"""
