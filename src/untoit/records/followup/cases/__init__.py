"""The case of a household: its status, its timeline, the worklist and the nightly round."""
