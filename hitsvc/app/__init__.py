"""The application: its parts, how they are joined, and which address is whose."""

from hitsvc.app.create import create_app, peer_network_of

__all__ = ["create_app", "peer_network_of"]
