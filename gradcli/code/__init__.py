"""Hand-written gradient code: run on tracked numbers, judged, located and mended.

Must not know the language of derivations. Sets come as sets (`graph.sets.Space`), read from their
texts by who asks (`api/code_sets.py`): that is all that code and derivations share above the
numbers, so the room needs no door to `language/`.
"""
