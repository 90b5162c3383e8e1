"""Number systems, and the one evaluator that runs any graph in any of them.

Must not know text, verdicts or how anything is shown; only this package knows NumPy's functions
and FLINT.
"""
