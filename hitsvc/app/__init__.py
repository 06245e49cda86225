"""The application: which parts there are, how they are joined, and what is where."""

from hitsvc.app.create import create_app, peer_network_of

__all__ = ["create_app", "peer_network_of"]
