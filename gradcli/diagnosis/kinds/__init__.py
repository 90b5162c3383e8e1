"""The kinds of mistakes: each proposes mends of a refuted claim.

Must not know how a mend is judged.
"""
