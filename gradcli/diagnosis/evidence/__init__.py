"""A refuted claim laid out: its parts, their values, what each would have to be.

Must not know which mistakes there are.
"""
