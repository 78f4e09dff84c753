"""The allocation committee: sessions, agendas, votes, decisions and minutes."""
