output settings object = { EVENT_HUBS__clientId: 'x' }
