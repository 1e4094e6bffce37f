"""The ledger: the same act in one report and across reports, joint acts and responses."""
