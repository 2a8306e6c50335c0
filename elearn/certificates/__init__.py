"""Proof: the register, its documents, their verification."""
