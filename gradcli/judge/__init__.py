"""Judgement: certified derivatives, kinks, differences and what all of them together show.

Must not know text, terminals or files; it returns findings and prints nothing.
"""
