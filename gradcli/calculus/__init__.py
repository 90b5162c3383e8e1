"""The calculus: how an op states its local derivative, and forward and reverse mode over a graph.

Must not know the tables of functions, any number system, or any text.
"""
