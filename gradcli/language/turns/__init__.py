"""Claims about what loops make, turn by turn, as claims about one turn that may be any.

Must not know how a claim is proved.
"""
