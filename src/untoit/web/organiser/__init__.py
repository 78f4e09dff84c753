"""Those who prepare an event and run the day: the landlord's and the employment partner's teams."""
