"""How long each kind of data is kept, and what is done then: dated rules, computed dates, no act."""
