"""Python: functions of arrays, results that show themselves, and notebooks' magics.

Must not know command lines; what is public is named here and loaded when it is first used.
"""
