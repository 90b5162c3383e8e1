"""Reference: the pages of functions, and the texts on codes, verdicts and mistakes.

Must not know how anything is shown, nor any derivation.
"""
