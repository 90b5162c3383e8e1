"""Proof that two sides are one function: residues over finite fields, and all that belongs to them.

Must not know text or points, nor what a verdict is called.
"""
