"""How long data is kept: notices, holds, erasure, and the anonymous twins that keep the counts."""
