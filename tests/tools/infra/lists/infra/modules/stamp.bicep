output settings object = { EVENT_HUB__clientId: 'x' }
