"""Online endpoints: a stable address, deployments behind it, the instances that answer, and the gateway in front of them."""
