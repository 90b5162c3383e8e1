"""Judgement: the verdict on every claim of a derivation, from points and proofs to findings.

Must not know text, terminals or files; it returns findings and prints nothing.
"""
