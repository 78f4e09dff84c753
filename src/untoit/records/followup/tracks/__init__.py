"""What the three tracks share: recording an act, carrying out what it brings about, finding who has to act next."""
