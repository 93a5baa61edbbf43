"""Safety engine: reads a letter, says who may be in danger, how badly and when. Pure text: no database, no Django.

text.py      words and sentences of what people type        rules/*.toml  ways of saying, by category
ways.py      the small language of the rules                rules_file.py reads them, names their version
context.py   denied, feared, long ago, of somebody else     scan.py       scan(text) -> Report
learned.py   a small model beside the rules             model/*       its weights and word classes
judge.py     weighs mentions together                       report.py     what a scan says
"""
