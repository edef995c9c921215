"""BTCPay Server as an adapter: digital currency on a server of one's own, by its Greenfield API."""
