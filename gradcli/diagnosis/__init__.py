"""Diagnosis: which one simple change makes a refuted claim right, and how the mended line reads.

Must not know formats or terminals; a mend is only spoken of once it was itself judged right.
"""
