"""Showing: results and complaints as text, tables and JSON.

Must not know how anything was computed, nor options, files or exit codes.
"""
