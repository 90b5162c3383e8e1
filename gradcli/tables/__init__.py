"""Tables: columns of numbers by name out of files that need not fit into memory.

Must not know programs, graphs or what the numbers are for.
"""
