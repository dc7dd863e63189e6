"""Behaviour through public faces, on real parts."""
