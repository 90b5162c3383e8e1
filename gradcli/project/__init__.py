"""A run over files: which are read, with which settings, in how many processes.

Must not know the command line, nor how a report is shown.
"""
