"""Patch models in their source: Python text and changes in, Python text out."""

from remediate.codemod.patch import patched
from remediate.codemod.values import Change, Patched, Refusal

__all__ = ["Change", "Patched", "Refusal", "patched"]
