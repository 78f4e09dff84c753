"""The devices of the day: tablets of the reception and of the stands, the screen of the hall."""
