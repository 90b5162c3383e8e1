"""The syntax tree: what was written and where, trees made of others, and trees as text.

Must not know what an expression means, nor any grammar.
"""
