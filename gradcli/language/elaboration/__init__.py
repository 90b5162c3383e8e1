"""A syntax tree becomes a graph: names looked up, calls resolved, shapes checked.

Must not know how text is read, nor what a claim is worth.
"""
