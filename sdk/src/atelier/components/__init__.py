"""The components of the designer: each a file that declares its ports and parameters as data and says what it does.

A declaration needs nothing but the standard library; what a component computes with is imported when it runs.
"""
