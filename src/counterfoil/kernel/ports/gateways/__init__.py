"""The port to gateways, one file a capability: values in, values out; vendor words stop at the
adapter."""
