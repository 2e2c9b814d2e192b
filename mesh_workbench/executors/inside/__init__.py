"""What runs in the interpreter of a kernel, not in ours.

That interpreter may be another Python, 3.9 or newer, and need not have this package: these files import the standard
library, each other, and ipykernel, which is there.
"""
