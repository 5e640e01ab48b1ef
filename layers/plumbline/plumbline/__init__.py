"""Plumbline: keeps a Procore project and another construction system true to each other."""
