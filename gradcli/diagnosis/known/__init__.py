"""What a derivation knows, by value: names, formulas, local derivatives, adjoints, paths.

Must not know what is claimed of it.
"""
