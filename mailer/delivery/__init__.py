"""The post office: what goes to whom, when it left, and what the other side answered."""
