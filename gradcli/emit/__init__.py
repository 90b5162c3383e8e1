"""Code: a value and its derivative as a function that needs neither gradcli nor automatic tools.

Must not know how a program is read, nor where the code goes.
"""
