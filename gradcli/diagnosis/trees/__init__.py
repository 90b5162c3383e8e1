"""Formulas made of others and put in order, as one would write them.

Must not know any claim.
"""
