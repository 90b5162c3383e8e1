"""Where derivations stand: in a file, in fences of Markdown, in cells, one after the other.

Must not know what a statement means.
"""
