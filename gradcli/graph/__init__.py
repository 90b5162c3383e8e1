"""The computational graph: immutable, interned vertices, their shapes and their order.

Must not know any particular op, any derivative rule or any number.
"""
