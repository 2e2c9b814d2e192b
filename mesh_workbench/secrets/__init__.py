"""Secrets: found by reference in the process that needs them, and kept out of what that process shows."""

from mesh_workbench.secrets.reference import KINDS, Secret, secret

__all__ = ["KINDS", "Secret", "secret"]
