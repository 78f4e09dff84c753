"""What if: the same run with one thing changed (levers), or under another policy, always solved and proved again."""
