"""Attackers: generators of claims whose truth follows by construction or from an own oracle.

Must not know how claims are judged. `python -m tests.attack --count 10000` runs more of them than
the slow tests do.
"""
