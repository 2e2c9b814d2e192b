"""Statements that are still being written: what they name, and what is expected at a place of them.

Nothing here fails: half a statement, an open quote or a parenthesis too many are what one sees while somebody types.
"""
