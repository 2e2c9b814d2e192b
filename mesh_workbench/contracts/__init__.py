"""Contracts: ODCS documents, the promises they make, and whether data keeps them."""
